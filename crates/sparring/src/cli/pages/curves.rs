//! Training curves of classifiers, and facts of a recipe.

use super::accuracy::{self, band};
use super::decimal;
use crate::cli::commands::train::EpochRow;
use sparring::train::{Defense, Recipe};
use sparring_report::svg::{Axis, Chart, LineChart, Range, Series, Stroke, Ticks, VerticalLine};

/// The colour of a standard network on every page.
pub(crate) const STANDARD: usize = 0;
/// The colour of a network that was trained with a defence, on every page.
pub(crate) const HARDENED: usize = 1;

/// The colour of a network by how it was trained.
pub(crate) fn slot<'a>(recipes: impl IntoIterator<Item = &'a Recipe>) -> usize {
    if recipes.into_iter().any(|r| r.defense != Defense::None) { HARDENED } else { STANDARD }
}

/// One training with its name and its colour.
pub(crate) struct Training<'a> {
    pub(crate) name: &'a str,
    pub(crate) slot: usize,
    pub(crate) rows: &'a [EpochRow],
    /// What was trained one after the other.
    pub(crate) phases: &'a [Recipe],
}

impl Training<'_> {
    /// Where a new phase begins, between two epochs, and where the budget of a growing defence is reached.
    fn events(&self) -> Vec<VerticalLine> {
        let (mut events, mut before) = (Vec::new(), 0.0);
        for (i, recipe) in self.phases.iter().enumerate() {
            let mut event = |x: f64, label: String| events.push(VerticalLine { x, label });
            if i > 0 {
                event(before + 0.5, short(&recipe.defense));
            }
            if let (Defense::Pgd { warm_up, .. }, Some(eps)) = (recipe.defense, trained_for(&recipe.defense))
                && warm_up > 0.0
            {
                event(before + warm_up * recipe.epochs as f64, format!("full eps {eps}"));
            }
            before += recipe.epochs as f64;
        }
        events
    }
}

/// The marks of all trainings, each with the name of its training where there are several.
fn events(trainings: &[Training<'_>]) -> Vec<VerticalLine> {
    let named = |t: &Training<'_>, line: VerticalLine| match trainings {
        [_] => line,
        _ => VerticalLine { label: format!("{}: {}", t.name, line.label), ..line },
    };
    trainings.iter().flat_map(|t| t.events().into_iter().map(move |line| named(t, line))).collect()
}

/// Dashes tell trainings apart; one alone needs none.
fn stroke(trainings: &[Training<'_>]) -> Stroke {
    if trainings.len() == 1 { Stroke::Solid } else { Stroke::OfSlot }
}

/// An axis of epochs.
pub(crate) fn epochs() -> Axis {
    Axis { label: "epoch".into(), ticks: Ticks::Whole, ..Axis::default() }
}

/// Training loss by epoch.
pub(crate) fn loss(trainings: &[Training<'_>]) -> Chart {
    let series = trainings.iter().map(|t| Series {
        slot: Some(t.slot),
        stroke: stroke(trainings),
        ..Series::new(t.name, t.rows.iter().map(|r| (r.epoch as f64, r.train_loss)))
    });
    Chart::Line(LineChart {
        title: "Training loss".into(),
        description: "mean loss of an epoch, on the examples trained on".into(),
        x: epochs(),
        y: Axis { label: "loss".into(), range: Range::FromZero, ..Axis::default() },
        series: series.collect(),
        vertical: events(trainings),
        ..LineChart::default()
    })
}

/// Accuracy on the `n` clean test images by epoch, with its interval.
pub(crate) fn accuracy(trainings: &[Training<'_>], n: usize) -> Chart {
    let tested =
        |t: &Training<'_>| t.rows.iter().map(|r| (r.epoch as f64, r.test.value())).collect::<Vec<_>>();
    let curve = |t: &Training<'_>| {
        let points = tested(t);
        let stroke = stroke(trainings);
        Series { slot: Some(t.slot), stroke, band: band(&points, n), ..Series::new(t.name, points) }
    };
    Chart::Line(LineChart {
        title: "Accuracy on clean test images".into(),
        description: format!("after each epoch, on {n} images, with 95 % intervals"),
        x: epochs(),
        y: accuracy::axis(trainings.iter().flat_map(tested).map(|p| p.1)),
        series: trainings.iter().map(curve).collect(),
        vertical: events(trainings),
        ..LineChart::default()
    })
}

/// Accuracy of one training by epoch: on the clean test images, and on what it was trained on.
pub(crate) fn accuracies(training: &Training<'_>, n: usize) -> Chart {
    let tested: Vec<_> = training.rows.iter().map(|r| (r.epoch as f64, r.test.value())).collect();
    let trained: Vec<_> =
        training.rows.iter().filter_map(|r| Some((r.epoch as f64, r.train_accuracy?))).collect();
    let defended = training.phases.iter().any(|r| r.defense != Defense::None);
    let name = if defended { "training images, attacked" } else { "training images" };
    let slot = Some(training.slot);
    let all = tested.iter().chain(&trained).map(|p| p.1);
    Chart::Line(LineChart {
        title: "Accuracy".into(),
        description: format!("by epoch; on {n} test images with 95 % intervals"),
        x: epochs(),
        y: accuracy::axis(all),
        series: vec![
            Series {
                slot,
                stroke: Stroke::Solid,
                band: band(&tested, n),
                ..Series::new("test images, clean", tested.clone())
            },
            Series { slot, stroke: Stroke::Dotted, ..Series::new(name, trained.clone()) },
        ],
        vertical: training.events(),
        ..LineChart::default()
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

/// The budget that a defence trains for.
pub(crate) fn trained_for(defense: &Defense) -> Option<f64> {
    match defense {
        Defense::FgsmRs { eps, .. } | Defense::Pgd { eps, .. } => Some(decimal(*eps)),
        _ => None,
    }
}

/// A defence in two words.
fn short(defense: &Defense) -> String {
    match (defense, trained_for(defense)) {
        (Defense::None, _) => "clean images".into(),
        (other, Some(eps)) => format!("{}, eps {eps}", other.name().to_uppercase()),
        (other, None) => other.name().to_uppercase(),
    }
}

/// A defence in words.
pub(crate) fn defense(defense: &Defense) -> String {
    match defense {
        Defense::None => "none: clean images".into(),
        Defense::FgsmRs { eps, step_size } => format!("FGSM-RS, eps {eps}, step {step_size}"),
        Defense::Pgd { eps, steps, step_size, warm_up } => format!(
            "PGD-{steps}, eps {eps}, step {step_size:.4}, budget growing over the first {:.0} %",
            100.0 * warm_up
        ),
        Defense::NFgsm { eps, noise, step_size, warm_up } => format!(
            "N-FGSM, eps {eps}, noise {noise} eps, step {step_size}, budget growing over the first {:.0} %",
            100.0 * warm_up
        ),
        other => other.name().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::commands::train::Test;

    fn row(epoch: usize) -> EpochRow {
        EpochRow { epoch, lr: 0.1, train_loss: 1.0, train_accuracy: Some(0.4), test: Test::Accuracy(0.9) }
    }

    #[test]
    fn phases_are_marked_between_their_epochs() {
        let rows: Vec<_> = (1..=10).map(row).collect();
        let strong = Defense::Pgd { eps: 0.3, steps: 7, step_size: 0.1, warm_up: 0.5 };
        let phases = [
            Recipe { epochs: 6, defense: Defense::fgsm_rs(0.2), ..Recipe::default() },
            Recipe { epochs: 4, defense: strong, ..Recipe::default() },
        ];
        let of = || Training { name: "hardened", slot: slot(&phases), rows: &rows, phases: &phases };
        let training = of();
        assert_eq!(training.slot, HARDENED);
        let clean = [Recipe { epochs: 10, ..Recipe::default() }];
        let other = Training { name: "standard", slot: slot(&clean), rows: &rows, phases: &clean };
        for (chart, name) in [(loss(&[other, training]), "hardened: "), (accuracies(&of(), 9), "")] {
            let Chart::Line(chart) = chart else { panic!("curves") };
            let marks: Vec<_> = chart.vertical.into_iter().map(|v| (v.x, v.label)).collect();
            let expected = [(6.5, "PGD, eps 0.3"), (8.0, "full eps 0.3")];
            assert_eq!(marks, expected.map(|(x, label)| (x, format!("{name}{label}"))));
            assert_eq!(chart.x.ticks, Ticks::Whole);
        }
    }

    #[test]
    fn accuracies_have_intervals_and_an_honest_axis() {
        let rows: Vec<_> = (1..=3).map(row).collect();
        let phases = [Recipe::default()];
        let training = Training { name: "x", slot: slot(&phases), rows: &rows, phases: &phases };
        let Chart::Line(both) = accuracies(&training, 2000) else { panic!("curves") };
        assert_eq!((both.y.range, both.series[0].band.len()), (Range::FromZero, 3), "0.4 and 0.9");
        assert_eq!(both.series[0].slot, both.series[1].slot, "one colour a model");
        let Chart::Line(test) = accuracy(&[training], 2000) else { panic!("curves") };
        assert_eq!((test.y.range, test.series[0].slot), (Range::Broken, Some(STANDARD)));
    }
}
