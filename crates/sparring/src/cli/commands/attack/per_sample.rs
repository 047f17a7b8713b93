//! The verdict of each image, as CSV or JSON lines.

use super::outcomes::Outcomes;
use crate::cli::io::json::{json, value};
use serde_json::Value;
use sparring::attacks::{Course, Report};
use sparring::store::csv_columns;
use std::collections::BTreeSet;

/// Whether the `k`-th attack was given image `i`: one that was right and, in a cascade, that none before it fooled.
fn given(report: &Report, labels: &[usize], k: usize, i: usize) -> bool {
    let before = if report.course == Course::Cascade { &report.attacks[..k] } else { &[] };
    report.predictions[i] == labels[i] && !before.iter().any(|a| a.fooled[i])
}

/// A row an image: `id`, `label`, `prediction` and `right` without attack; for each attack `fooled_NAME`, null where it was not given the image; `margin`, the lowest of
/// z_y − max z_other; with a curve `size`, the smallest change that fools, null where none was found. Of several budgets `fooled_NAME_EPS` and `margin_EPS`.
fn rows(ids: &[u64], labels: &[usize], outcomes: &Outcomes) -> Vec<Value> {
    let several = outcomes.reports.len() > 1;
    let one = |i: usize| {
        let report = &outcomes.reports[0];
        let (label, prediction) = (labels[i], report.predictions[i]);
        let mut row =
            json!({ "id": ids[i], "label": label, "prediction": prediction, "right": prediction == label });
        for report in &outcomes.reports {
            let key = |name: String| if several { format!("{name}_{}", report.threat.eps) } else { name };
            for (k, a) in report.attacks.iter().enumerate() {
                let fooled = given(report, labels, k, i).then(|| a.fooled[i]);
                row[key(format!("fooled_{}", a.attack))] = value(&fooled);
            }
            row[key("margin".into())] = value(&report.margins[i]);
        }
        if let Some(curve) = &outcomes.curve {
            row["size"] = value(&curve.sizes[i]);
        }
        row
    };
    (0..labels.len()).map(one).collect()
}

/// The file, in the format that its ending names.
pub(super) fn text(ids: &[u64], labels: &[usize], outcomes: &Outcomes, csv: bool) -> String {
    let rows = rows(ids, labels, outcomes);
    if !csv {
        return rows.iter().map(|row| format!("{row}\n")).collect();
    }
    let keys = rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys());
    let mut columns: Vec<&str> = keys.map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect();
    // Who it is, what became of it, and how near it was; within these by the names, which are those of the attacks.
    let place = |name: &str| match name {
        "id" => 0,
        "label" => 1,
        "prediction" => 2,
        "right" => 3,
        name if name.starts_with("fooled_") => 4,
        name if name.starts_with("margin") => 5,
        _ => 6,
    };
    columns.sort_by_key(|name| place(name));
    csv_columns(&columns, &rows)
}
