//! The tables of activations.

use super::markdown::{code, number, table};
use sparring_activations::{AnyActivation, AnyRowActivation, RowActivation};
use sparring_math::named::{Entry, Family};

/// Activations of each number.
pub fn activations() -> String {
    let row = |a: &AnyActivation| {
        let about = a.about();
        let parameters: Vec<_> =
            a.parameters().iter().map(|(n, v)| format!("{n} = {}", number(*v))).collect();
        let name = if parameters.is_empty() {
            code(a.name())
        } else {
            format!("`{}({})`", a.name(), parameters.join(", "))
        };
        let bound = |b: Option<f64>, none: &str| b.map_or(none.to_string(), number);
        let learnt = if a.is_trainable() { ", learnt" } else { "" };
        vec![
            name + learnt,
            code(about.formula),
            format!("{} to {}", bound(about.range.0, "−∞"), bound(about.range.1, "∞")),
            bound(about.lipschitz, "∞"),
            bound(about.curvature, "∞"),
            if about.monotone { "yes" } else { "no" }.into(),
            about.smoothness.to_string(),
            bound(about.gain_forward, "–"),
            bound(about.gain_backward, "–"),
            about.source.into(),
        ]
    };
    let header = [
        "name",
        "f(x)",
        "range",
        "Lipschitz",
        "largest \\|f''\\|",
        "monotone",
        "smooth",
        "gain",
        "gain of f'",
        "source",
    ];
    table(&header, &AnyActivation::ALL.iter().map(row).collect::<Vec<_>>())
}

/// Activations of rows.
pub fn row_activations() -> String {
    let row = |(entry, a): (&Entry<AnyRowActivation>, AnyRowActivation)| {
        let about = RowActivation::<f64>::about_rows(&a);
        let end = |b: Option<f64>, none: &str| b.map_or(none.to_string(), number);
        vec![
            code(&entry.signature()),
            code(about.formula),
            format!("{} to {}", end(about.range.0, "−∞"), end(about.range.1, "∞")),
            end(about.lipschitz, "∞"),
            about.smoothness.to_string(),
            about.source.into(),
        ]
    };
    let all = AnyRowActivation::TABLE.entries.iter().zip(AnyRowActivation::TABLE.at_defaults());
    table(
        &["name", "y of a row x", "range", "Lipschitz", "smooth", "source"],
        &all.map(row).collect::<Vec<_>>(),
    )
}
