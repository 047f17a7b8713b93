//! Activations of each number, and those of rows.

use super::Listing;
use super::registries::{arguments, bound, told};
use serde_json::{Map, Value, json};
use sparring::activations::{AnyActivation, AnyRowActivation, RowActivation, fixed_points};
use sparring::math::named::Family;

/// The kind of an activation of each number.
const ELEMENTWISE: &str = "elementwise";
/// The kind of one whose outputs depend on a whole row.
const ROWS: &str = "rows";

fn range((low, high): (Option<f64>, Option<f64>)) -> String {
    let end = |v: Option<f64>, none: &str| v.map_or(none.to_string(), |v| bound(Some(v)));
    format!("{} to {}", end(low, "-inf"), end(high, "inf"))
}

pub(super) fn activations() -> Listing {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for (activation, entry) in AnyActivation::ALL.iter().zip(AnyActivation::TABLE.entries) {
        let (about, parameters) = (activation.about(), activation.parameters());
        let (low, high) = about.range;
        rows.push(vec![
            about.name.to_string(),
            about.formula.to_string(),
            range(about.range),
            bound(about.lipschitz),
            bound(about.curvature),
            if about.monotone { "yes" } else { "no" }.to_string(),
            about.smoothness.to_string(),
            bound(about.gain_forward),
            if activation.is_trainable() { format!("{} (learnt)", told(entry)) } else { told(entry) },
            ELEMENTWISE.to_string(),
        ]);
        let parameters: Map<String, Value> =
            parameters.into_iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
        objects.push(json!({
            "name": about.name, "formula": about.formula, "source": about.source, "range": [low, high],
            "lipschitz": about.lipschitz, "curvature": about.curvature, "monotone": about.monotone,
            "gain_forward": about.gain_forward, "gain_backward": about.gain_backward,
            "smoothness": about.smoothness.to_string(), "fixed_points": fixed_points(activation), "elsewhere": about.elsewhere,
            "trainable": activation.is_trainable(), "parameters": parameters, "aliases": entry.aliases,
            "arguments": arguments(Some(entry)), "kind": ELEMENTWISE,
        }));
    }
    for (activation, entry) in
        AnyRowActivation::TABLE.at_defaults().iter().zip(AnyRowActivation::TABLE.entries)
    {
        let about = RowActivation::<f64>::about_rows(activation);
        let (low, high) = about.range;
        let none = || "-".to_string();
        rows.push(vec![
            about.name.to_string(),
            about.formula.to_string(),
            range(about.range),
            bound(about.lipschitz),
            none(),
            none(),
            about.smoothness.to_string(),
            none(),
            told(entry),
            ROWS.to_string(),
        ]);
        let parameters: Map<String, Value> = activation
            .settings_as_text()
            .into_iter()
            .map(|(name, text)| (name.to_string(), text.parse().unwrap_or(Value::String(text))))
            .collect();
        // Of a map of vectors there is no one second derivative, no order, and the gains depend on the width.
        objects.push(json!({
            "name": about.name, "formula": about.formula, "source": about.source, "range": [low, high],
            "lipschitz": about.lipschitz, "curvature": null, "monotone": null, "gain_forward": null, "gain_backward": null,
            "smoothness": about.smoothness.to_string(), "fixed_points": null, "elsewhere": "", "trainable": false,
            "parameters": parameters, "aliases": entry.aliases, "arguments": arguments(Some(entry)), "kind": ROWS,
        }));
    }
    Listing {
        headers: &[
            "name",
            "f(x)",
            "range",
            "max |f'|",
            "max |f''|",
            "monotone",
            "smooth",
            "gain",
            "parameters",
            "kind",
        ],
        rows,
        objects,
        below: "Parameters are given in brackets, as in `--activation \"leaky_relu(slope=0.2)\"`; gain keeps the second moment of a \
                standard normal signal; C0, C1, C-inf: continuous derivatives. `--json` also has f' gain, fixed points, source, and where other libraries differ. \
                Of the kind rows, whose outputs hang on a whole row (max |f'|: Lipschitz constant in l2), `--activation` takes k_wta; all are layers of a spec (`sparring list layers`)."
            .into(),
    }
}
