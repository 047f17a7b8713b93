//! What a training says by epoch: loss, accuracy, learning rate, and whatever was measured on validation examples.

use super::accuracy;
use super::curves::{self, Training, epochs};
use super::decimal;
use serde_json::Value;
use sparring::train::ValidationAttack;
use sparring_report::html::Block;
use sparring_report::svg::{Axis, AxisRange, Chart, LineChart, Series, Stroke};
use std::collections::BTreeMap;

/// What figures on validation examples are called in the rows.
const PREFIX: &str = "validation_";

/// A figure by epoch.
type Points = Vec<(f64, f64)>;

/// The figures on validation examples by epoch, by their names without the prefix.
fn validated(rows: &[Value]) -> BTreeMap<String, Points> {
    let mut all = BTreeMap::<String, Points>::new();
    for row in rows {
        let Some(epoch) = row["epoch"].as_f64() else { continue };
        for (key, value) in row.as_object().into_iter().flatten() {
            if let (Some(name), Some(value)) = (key.strip_prefix(PREFIX), value.as_f64()) {
                all.entry(name.to_string()).or_default().push((epoch, value));
            }
        }
    }
    all
}

/// The charts, two beside each other; one alone is as wide as the page.
pub(super) fn charts(
    training: &Training<'_>,
    test_images: usize,
    attack: Option<&ValidationAttack>,
) -> Vec<Block> {
    let rows: Vec<Value> = training.rows.iter().map(crate::cli::io::json::value).collect();
    let mut validated = validated(&rows);
    let mut charts = vec![
        with(curves::loss(std::slice::from_ref(training)), validated.remove("loss")),
        with(curves::accuracies(training, test_images), validated.remove("accuracy")),
    ];
    charts.extend(rate(training));
    charts.extend(others(training, validated, attack));
    let mut blocks: Vec<Block> = charts.chunks_exact(2).map(|pair| Block::Charts(pair.to_vec())).collect();
    blocks.extend(charts.chunks_exact(2).remainder().iter().cloned().map(Block::Chart));
    blocks
}

/// The chart with the same figure on validation examples.
fn with(chart: Chart, points: Option<Points>) -> Chart {
    match (chart, points) {
        (Chart::Line(mut chart), Some(points)) => {
            let slot = chart.series.first().and_then(|s| s.slot);
            if let [only] = &mut chart.series[..] {
                only.name = "training examples".into();
            }
            chart.series.push(Series {
                slot,
                stroke: Stroke::Dashed,
                ..Series::new("validation examples", points)
            });
            Chart::Line(chart)
        }
        (chart, _) => chart,
    }
}

/// The learning rate, if it changes.
fn rate(training: &Training<'_>) -> Option<Chart> {
    let first = training.rows.first()?.lr;
    let changes = training.rows.iter().any(|r| r.lr != first);
    let points = training.rows.iter().map(|r| (r.epoch as f64, r.lr));
    changes.then(|| {
        Chart::Line(LineChart {
            title: "Learning rate".into(),
            description: "as it was at the end of each epoch".into(),
            x: epochs(),
            y: Axis { label: String::new(), range: AxisRange::FromZero, ..Axis::default() },
            series: vec![Series {
                slot: Some(training.slot),
                stroke: Stroke::Solid,
                ..Series::new("learning rate", points)
            }],
            ..LineChart::default()
        })
    })
}

/// What a figure is called: one under attack with attack, norm and budget.
fn named(name: &str, attack: Option<&ValidationAttack>) -> String {
    let words = name.replace('_', " ");
    match attack.filter(|_| name.contains("robust")) {
        Some(ValidationAttack { attack, threat, .. }) => {
            format!("{words}: {} in {} at eps {}", attack.info().name, threat.norm, decimal(threat.eps))
        }
        None => words,
    }
}

/// All other figures on validation examples; those between 0 and 1 are shares.
fn others(
    training: &Training<'_>,
    figures: BTreeMap<String, Points>,
    attack: Option<&ValidationAttack>,
) -> Option<Chart> {
    let is_share = |points: &Points| points.iter().all(|p| (0.0..=1.0).contains(&p.1));
    let shares = figures.into_iter().filter(|(_, points)| is_share(points));
    let series: Vec<_> = shares
        .enumerate()
        .map(|(i, (name, points))| Series {
            slot: Some(training.slot + 2 + i),
            ..Series::new(named(&name, attack), points)
        })
        .collect();
    (!series.is_empty()).then(|| {
        let values: Vec<f64> = series.iter().flat_map(|s| s.points.iter().map(|p| p.1)).collect();
        Chart::Line(LineChart {
            title: "On validation examples".into(),
            description: "after each epoch, on examples held out of the training set".into(),
            x: epochs(),
            y: Axis { label: String::new(), ..accuracy::axis(values.into_iter()) },
            series,
            ..LineChart::default()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::commands::train::{EpochRow, Test};
    use sparring::attacks::{AnyNorm, Threat};
    use sparring::train::Recipe;

    fn rows(lr: impl Fn(usize) -> f64) -> Vec<EpochRow> {
        let row = |epoch| EpochRow {
            epoch,
            lr: lr(epoch),
            train_loss: 1.0,
            train_accuracy: None,
            validation_loss: None,
            validation_accuracy: None,
            validation_robust_accuracy: None,
            test: Test::Accuracy(0.9),
        };
        (1..=3).map(row).collect()
    }

    fn titles(blocks: &[Block]) -> Vec<Vec<String>> {
        let title = |chart: &Chart| match chart {
            Chart::Line(chart) => chart.title.clone(),
            _ => panic!("curves"),
        };
        let of = |block: &Block| match block {
            Block::Chart(chart) => vec![title(chart)],
            Block::Charts(charts) => charts.iter().map(title).collect(),
            _ => panic!("charts"),
        };
        blocks.iter().map(of).collect()
    }

    #[test]
    fn the_learning_rate_is_drawn_where_it_changes() {
        let recipe = Recipe::default();
        let blocks =
            |rows: &[EpochRow]| charts(&Training { name: "x", slot: 0, rows, recipe: &recipe }, 100, None);
        assert_eq!(titles(&blocks(&rows(|_| 0.1))), [vec!["Training loss", "Accuracy"]]);
        let changing = blocks(&rows(|epoch| 0.1 / epoch as f64));
        assert_eq!(titles(&changing), [vec!["Training loss", "Accuracy"], vec!["Learning rate"]]);
    }

    #[test]
    fn validation_figures_join_the_charts_of_their_kind() {
        let row = |epoch: usize| serde_json::json!({ "epoch": epoch, "validation_loss": 0.5, "validation_macro_f1": 0.9, "train_loss": 1.0, "validation_note": "x" });
        let mut found = validated(&[row(1), row(2)]);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["loss", "macro_f1"]);
        assert_eq!(found["loss"], [(1.0, 0.5), (2.0, 0.5)]);
        let recipe = Recipe::default();
        let training = Training { name: "x", slot: 0, rows: &rows(|_| 0.1), recipe: &recipe };
        let chart = with(curves::loss(std::slice::from_ref(&training)), found.remove("loss"));
        let Chart::Line(loss) = chart else { panic!("curves") };
        let names: Vec<_> = loss.series.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["training examples", "validation examples"]);
        found.insert("robust_accuracy".into(), vec![(1.0, 0.25)]);
        let attack = ValidationAttack {
            attack: "pgd(steps=3)".parse().unwrap(),
            threat: Threat { norm: AnyNorm::L2, eps: 0.3 },
            examples: 9,
        };
        let Some(Chart::Line(rest)) = others(&training, found, Some(&attack)) else { panic!("a chart") };
        let names: Vec<_> = rest.series.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["macro f1", "robust accuracy: pgd in l2 at eps 0.3"]);
    }
}
