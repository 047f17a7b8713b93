//! Corruptions of images.

use super::Listing;
use super::registries::arguments;
use serde_json::json;
use sparring::datasets::corruptions::AnyCorruption;
use sparring::math::named::Family;

pub(super) fn corruptions() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for (kind, entry) in AnyCorruption::TABLE.at_defaults().into_iter().zip(AnyCorruption::TABLE.entries) {
        let (severity, follows, about) = (kind.severity(), kind.follows().word(), kind.about());
        rows.push(vec![entry.name.into(), severity.to_string(), follows.into(), about.into()]);
        objects.push(json!({
            "name": entry.name, "severity": severity, "follows": follows, "about": about, "source": entry.paper,
            "arguments": arguments(Some(entry)),
        }));
    }
    Listing {
        headers: &["name", "severity", "follows", "at severities 1 to 5"],
        rows,
        objects,
        below: "`NAME` is the severity of MNIST-C, `\"NAME(severity=5)\"` another; follows: `published`, the formulas of MNIST-C's authors and a kind of its files; \
                `code`, their formulas, not among the files; `kind`, with steps of our own."
            .into(),
    }
}
