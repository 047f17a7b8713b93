//! Training curves of classifiers.

use super::accuracy::{self, band};
use super::decimal;
use crate::cli::commands::train::EpochRow;
use sparring::train::{AnyDefense, Recipe};
use sparring_report::svg::{Axis, AxisRange, Chart, LineChart, Series, Stroke, Ticks, VerticalLine};

/// The colour of a standard network on every page.
pub(crate) const STANDARD: usize = 0;
/// The colour of a network that was trained with a defence, on every page.
pub(crate) const HARDENED: usize = 1;

/// The colour of a constant that belongs to no network and no curve.
pub(crate) const GREY: usize = 6;

/// The colour of a network by how it was trained.
pub(crate) fn slot(recipe: &Recipe) -> usize {
    if recipe.defense.eps().is_some() { HARDENED } else { STANDARD }
}

/// One training with its name and its colour.
pub(crate) struct Training<'a> {
    pub(crate) name: &'a str,
    pub(crate) slot: usize,
    pub(crate) rows: &'a [EpochRow],
    pub(crate) recipe: &'a Recipe,
}

impl Training<'_> {
    /// Where the budget of a growing defence is reached.
    fn event(&self) -> Option<VerticalLine> {
        let warm_up = self.recipe.defense.warm_up();
        if warm_up <= 0.0 {
            return None;
        }
        let eps = trained_for(&self.recipe.defense)?;
        Some(VerticalLine { x: warm_up * self.recipe.epochs as f64, label: format!("full eps {eps}") })
    }
}

/// The marks of all trainings, each with the name of its training where there are several.
fn events(trainings: &[Training<'_>]) -> Vec<VerticalLine> {
    let named = |t: &Training<'_>, line: VerticalLine| match trainings {
        [_] => line,
        _ => VerticalLine { label: format!("{}: {}", t.name, line.label), ..line },
    };
    trainings.iter().filter_map(|t| Some(named(t, t.event()?))).collect()
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
        y: Axis { label: "loss".into(), range: AxisRange::FromZero, ..Axis::default() },
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
    let defended = training.recipe.defense.eps().is_some();
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
        vertical: training.event().into_iter().collect(),
        ..LineChart::default()
    })
}

/// The budget that a defence trains for.
pub(crate) fn trained_for(defense: &AnyDefense) -> Option<f64> {
    defense.eps().map(decimal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::commands::train::Test;
    use sparring::math::named::Family;
    use sparring::train::defenses;

    fn row(epoch: usize) -> EpochRow {
        EpochRow {
            epoch,
            lr: 0.1,
            train_loss: 1.0,
            train_accuracy: Some(0.4),
            validation_loss: None,
            validation_accuracy: None,
            validation_robust_accuracy: None,
            test: Test::Accuracy(0.9),
        }
    }

    #[test]
    fn every_defence_is_marked() {
        let all = AnyDefense::TABLE.at_defaults();
        for of in all {
            let grown = Some(10.0 * of.warm_up()).filter(|&epoch| epoch > 0.0);
            let hardened = of.eps().is_some();
            assert_eq!(trained_for(&of), hardened.then_some(0.3), "{of:?}");
            let recipe = Recipe { epochs: 10, defense: of, ..Recipe::default() };
            let training = Training { name: "x", slot: slot(&recipe), rows: &[], recipe: &recipe };
            assert_eq!(training.slot == HARDENED, hardened);
            let mark = training.event().map(|v| (v.x, v.label));
            assert_eq!(mark, grown.map(|epoch| (epoch, "full eps 0.3".to_string())), "{of:?}");
        }
    }

    #[test]
    fn marks_name_their_training_where_there_are_several() {
        let rows: Vec<_> = (1..=10).map(row).collect();
        let strong = AnyDefense::from(defenses::PgdTraining {
            eps: 0.3,
            steps: 7,
            step_size: 0.1,
            warm_up: 0.5,
            ..Default::default()
        });
        let hard = Recipe { epochs: 4, defense: strong, ..Recipe::default() };
        let of = || Training { name: "hardened", slot: slot(&hard), rows: &rows, recipe: &hard };
        let clean = Recipe { epochs: 10, ..Recipe::default() };
        let other = Training { name: "standard", slot: slot(&clean), rows: &rows, recipe: &clean };
        for (chart, label) in
            [(loss(&[other, of()]), "hardened: full eps 0.3"), (accuracies(&of(), 9), "full eps 0.3")]
        {
            let Chart::Line(chart) = chart else { panic!("curves") };
            let marks: Vec<_> = chart.vertical.into_iter().map(|v| (v.x, v.label)).collect();
            assert_eq!(marks, [(2.0, label.to_string())]);
            assert_eq!(chart.x.ticks, Ticks::Whole);
        }
    }

    #[test]
    fn accuracies_have_intervals_and_an_honest_axis() {
        let rows: Vec<_> = (1..=3).map(row).collect();
        let recipe = Recipe::default();
        let training = Training { name: "x", slot: slot(&recipe), rows: &rows, recipe: &recipe };
        let Chart::Line(both) = accuracies(&training, 2000) else { panic!("curves") };
        assert_eq!((both.y.range, both.series[0].band.len()), (AxisRange::FromZero, 3), "0.4 and 0.9");
        assert_eq!(both.series[0].slot, both.series[1].slot, "one colour a model");
        let Chart::Line(test) = accuracy(&[training], 2000) else { panic!("curves") };
        assert_eq!((test.y.range, test.series[0].slot), (AxisRange::Broken, Some(STANDARD)));
    }
}
