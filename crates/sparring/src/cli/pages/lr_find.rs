//! The page of a learning-rate range test.

use super::{again, layers};
use crate::cli::options::{AskedNet, Named};
use sparring::nn::Graph;
use sparring::train::{LrFind, LrFound, LrStep, Recipe};
use sparring_report::html::{Block, Page, Section, StatTile};
use sparring_report::svg::{Axis, AxisRange, Chart, LineChart, Scale, Series, Stroke, VerticalLine};

/// What was asked.
pub(crate) struct Facts<'a> {
    pub(crate) net: &'a AskedNet,
    pub(crate) data: &'a Named,
    pub(crate) recipe: &'a Recipe,
    pub(crate) find: &'a LrFind,
}

/// Loss by learning rate; single losses far above the first mean are cut off, as the last ones always are.
fn curve(found: &LrFound) -> Chart {
    let most = found.steps.first().map_or(1.0, |first| 1.5 * first.mean);
    let series = |name, slot, stroke, of: fn(&LrStep) -> f64| {
        let points = found.steps.iter().map(|s| (s.lr, of(s))).filter(|p| p.1 <= most);
        Series { slot: Some(slot), stroke, ..Series::new(name, points) }
    };
    let line = |lr: f64| VerticalLine { x: lr, label: format!("suggested: {lr:.1e}") };
    Chart::Line(LineChart {
        title: "Loss by learning rate".into(),
        description: "loss of each step's batch, and its running mean, while the learning rate grows".into(),
        x: Axis { label: "learning rate".into(), scale: Scale::Log10, ..Axis::default() },
        y: Axis { label: "loss".into(), range: AxisRange::FromZero, ..Axis::default() },
        series: vec![
            series("running mean", 0, Stroke::Solid, |s| s.mean),
            series("each step", super::curves::GREY, Stroke::Dotted, |s| s.loss),
        ],
        vertical: found.suggestion.into_iter().map(line).collect(),
        ..LineChart::default()
    })
}

/// The page.
pub(crate) fn page(facts: &Facts<'_>, spec: &Graph, found: &LrFound) -> Page {
    let (recipe, find) = (facts.recipe, facts.find);
    let mut result = Section::new("Result");
    let suggestion = found.suggestion.map_or("none".to_string(), |lr| format!("{lr:.1e}"));
    result.blocks.push(Block::Tiles(vec![
        StatTile {
            value: suggestion,
            label: "suggested learning rate".into(),
            note: "where the mean loss falls fastest; a one-cycle schedule takes up to ten times as much for its peak".into(),
            ..StatTile::default()
        },
        StatTile {
            value: found.steps.len().to_string(),
            label: "steps".into(),
            note: if found.diverged { "then the loss had grown out of bounds" } else { "up to the highest rate" }.into(),
            ..StatTile::default()
        },
    ]));
    result.blocks.push(Block::Chart(curve(found)));
    result.blocks.push(Block::text(
        "One step a learning rate, each larger than the last by the same factor, on weights that begin as in a training with this seed. What is \
         suggested is a place to begin, not the best rate of a whole training.",
    ));
    let mut setup = Section::new("What was done");
    let mut pairs = vec![
        ("network", layers::asked(facts.net, spec)),
        ("data", format!("{}: {} training images", facts.data.asked, facts.data.set.train.len())),
        (
            "learning rates",
            format!(
                "{} to {}, {} steps or more, up to where the loss diverges",
                find.lowest, find.highest, find.steps
            ),
        ),
        ("optimizer", recipe.rule.to_string()),
        ("batch", recipe.batch.to_string()),
        ("seed", recipe.seed.to_string()),
    ];
    pairs.extend(super::recipe::around(recipe));
    setup.blocks.push(Block::facts(pairs));
    setup.blocks.push(again::block());
    Page {
        title: "Learning rate".into(),
        subtitle: format!("A range test on {} by `sparring lr-find`", facts.data.asked),
        sections: vec![result, setup],
        footer: "Made by `sparring lr-find`. Every number on this page was measured in this run.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grew_out_of_bounds_is_not_drawn() {
        let step = |lr: f64, mean: f64| LrStep { lr, loss: mean, mean };
        let steps = vec![step(1e-3, 2.0), step(1e-2, 1.0), step(1e-1, 90.0)];
        let Chart::Line(chart) = curve(&LrFound { steps, suggestion: Some(1e-2), diverged: true }) else {
            panic!("a line chart")
        };
        assert_eq!(chart.series[0].points, [(1e-3, 2.0), (1e-2, 1.0)]);
        assert_eq!(chart.vertical[0].label, "suggested: 1.0e-2");
    }
}
