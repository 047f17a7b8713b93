//! Training curves of classifiers, and facts of a recipe.

use crate::cli::commands::train::EpochRow;
use sparring::train::{Defense, Recipe};
use sparring_report::svg::{Axis, Chart, LineChart, Range, Series, TickFormat};

/// One training with its name and its colour.
pub(crate) struct Training<'a> {
    pub(crate) name: &'a str,
    pub(crate) slot: usize,
    pub(crate) rows: &'a [EpochRow],
}

fn epochs() -> Axis {
    Axis { label: "epoch".into(), ..Axis::default() }
}

/// Training loss by epoch.
pub(crate) fn loss(trainings: &[Training<'_>]) -> Chart {
    let series = trainings.iter().map(|t| Series {
        slot: Some(t.slot),
        ..Series::new(t.name, t.rows.iter().map(|r| (r.epoch as f64, r.train_loss)))
    });
    Chart::Line(LineChart {
        title: "Training loss".into(),
        description: "mean loss of an epoch, on the examples trained on".into(),
        x: epochs(),
        y: Axis { label: "loss".into(), range: Range::FromZero, ..Axis::default() },
        series: series.collect(),
    })
}

/// Accuracy on clean test images by epoch.
pub(crate) fn accuracy(trainings: &[Training<'_>]) -> Chart {
    let series = trainings.iter().map(|t| Series {
        slot: Some(t.slot),
        ..Series::new(t.name, t.rows.iter().map(|r| (r.epoch as f64, r.test.value())))
    });
    Chart::Line(LineChart {
        title: "Accuracy on clean test images".into(),
        description: "after each epoch".into(),
        x: epochs(),
        y: Axis { label: "accuracy".into(), format: TickFormat::Percent, ..Axis::default() },
        series: series.collect(),
    })
}

/// A recipe as facts.
pub(crate) fn recipe(recipe: &Recipe) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("optimizer", recipe.rule.to_string()),
        ("learning rate", format!("{}, {}", recipe.lr, recipe.schedule)),
        ("epochs", recipe.epochs.to_string()),
        ("batch", recipe.batch.to_string()),
        ("seed", recipe.seed.to_string()),
    ];
    facts.push(("defence", defense(&recipe.defense)));
    facts
}

/// A defence in words.
pub(crate) fn defense(defense: &Defense) -> String {
    match defense {
        Defense::FgsmRs { eps, step_size } => format!("FGSM-RS, eps {eps}, step {step_size}"),
        Defense::Pgd { eps, steps, step_size, warm_up } => format!(
            "PGD-{steps}, eps {eps}, step {step_size:.4}, budget growing over the first {:.0} %",
            100.0 * warm_up
        ),
        Defense::NFgsm { eps, noise, step_size, warm_up } => format!(
            "N-FGSM, eps {eps}, noise {noise} eps, step {step_size}, budget growing over the first {:.0} %",
            100.0 * warm_up
        ),
        _ => "none: clean images".into(),
    }
}
