//! Accuracy by budget, with the mark of the budget that the network was trained for.

use crate::cli::pages::accuracy::{self, band};
use crate::cli::pages::{curves, decimal};
use serde_json::Value;
use sparring::attacks::{BudgetCurve, Report};
use sparring::store::read_config;
use sparring_report::svg::{Axis, AxisRange, Chart, LineChart, Series, VerticalLine};
use std::path::Path;

/// The budget that a run's defence trained for, as its `config.json` says; `None` without one.
pub(crate) fn trained_for(run: &Path) -> Option<f64> {
    fn eps(of: &Value) -> Option<f64> {
        match of {
            Value::Object(fields) => {
                fields.get("eps").and_then(Value::as_f64).or_else(|| fields.values().find_map(eps))
            }
            Value::Array(items) => items.iter().rev().find_map(eps),
            _ => None,
        }
    }
    let value = read_config(run).ok()??;
    // One recipe; older demos wrote those of their phases, and the last one counts.
    let recipe = value.get("recipe").or_else(|| value.get("recipes")?.as_array()?.last())?;
    let found = eps(recipe.get("defense")?)?;
    Some(decimal(found as f32))
}

/// Accuracy by budget, a line an attack and one for the worst case where there are several budgets, one for the smallest changes of an attack, and the budget of the training.
pub(super) fn curve(reports: &[Report], smallest: Option<&BudgetCurve>, trained: Option<f64>) -> Chart {
    let [first, ..] = reports else { return Chart::Line(LineChart::default()) };
    // What is left of the model has the model's colour; the attacks take colours that no model has.
    let slot = if trained.is_some() { curves::HARDENED } else { curves::STANDARD };
    let from_clean = |of: &dyn Fn(&Report) -> f64| {
        let under = reports.iter().map(|r| (decimal(r.threat.eps), of(r)));
        std::iter::once((0.0, first.clean)).chain(under).collect::<Vec<_>>()
    };
    let line = |k: usize, name: String, points: Vec<(f64, f64)>| Series {
        slot: Some(if k == 0 { slot } else { k + 1 }),
        band: band(&points, first.n),
        ..Series::new(name, points)
    };
    let mut series: Vec<Series> = Vec::new();
    if reports.len() > 1 && first.attacks.len() > 1 {
        series.push(line(0, "worst case of each image".into(), from_clean(&|r| r.robust_accuracy)));
    }
    let by_budget = if reports.len() > 1 { &first.attacks[..] } else { &[] };
    for (k, a) in by_budget.iter().enumerate() {
        let points = from_clean(&|r| r.attacks.get(k).map_or(f64::NAN, |a| a.accuracy));
        series.push(line(series.len(), a.attack.clone(), points));
    }
    if let Some(curve) = smallest {
        let points = curve.points.iter().map(|p| (decimal(p.eps), p.accuracy)).collect();
        series.push(line(series.len(), format!("{}, smallest changes", curve.attack), points));
    }
    let norm = first.threat.norm;
    Chart::Line(LineChart {
        title: "Accuracy against budget".into(),
        description: "fraction of images still classified rightly, by budget; 0 is without attack".into(),
        x: Axis {
            label: format!("budget eps ({norm}, pixels in [0, 1])"),
            range: AxisRange::FromZero,
            ..Axis::default()
        },
        y: Axis { range: AxisRange::Fixed(0.0, 1.0), ..accuracy::axis(std::iter::empty()) },
        series,
        vertical: trained
            .into_iter()
            .map(|x| VerticalLine { x, label: format!("trained for L-inf eps {x}") })
            .collect(),
        ..LineChart::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sparring::attacks::Threat;
    use sparring::train::{AnyDefense, Recipe, defenses};

    #[test]
    fn the_budget_of_the_training_is_found_and_marked() {
        let dir = std::env::temp_dir().join(format!("sparring-pages-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let of = |config: Value| {
            std::fs::write(dir.join("config.json"), config.to_string()).unwrap();
            trained_for(&dir)
        };
        let recipe = |defense| Recipe { defense, ..Recipe::default() };
        let (clean, hard) =
            (recipe(AnyDefense::default()), recipe(defenses::FgsmRsTraining::new(0.3).into()));
        assert_eq!(of(json!({ "recipe": hard })), Some(0.3));
        assert_eq!(
            of(
                json!({ "recipes": [recipe(defenses::FgsmRsTraining::new(0.2).into()), recipe(defenses::PgdTraining::new(0.3).into())] })
            ),
            Some(0.3)
        );
        assert_eq!((of(json!({ "recipe": clean })), of(json!([1]))), (None, None));
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(trained_for(&dir), None);

        let report = |eps| Report {
            n: 10,
            threat: Threat::linf(eps).unwrap(),
            course: sparring::attacks::Course::Each,
            clean: 1.0,
            predictions: vec![0; 10],
            attacks: Vec::new(),
            robust_accuracy: 0.5,
            margins: vec![1.0; 10],
            findings: Vec::new(),
            observed: Default::default(),
            adversarials: None,
        };
        let Chart::Line(line) = curve(&[report(0.1), report(0.3)], None, Some(0.3)) else { panic!("curves") };
        assert_eq!((line.vertical.len(), line.vertical[0].x), (1, 0.3));
    }
}
