//! The charts of the means.

use super::{SweepGroup, SweepTable};
use crate::figure::{is_accuracy, title};
use sparring_report::html::Block;
use sparring_report::svg::{Axis, AxisRange, BarChart, BarSeries, Chart, TickFormat};

/// More groups of bars cannot be read.
const MOST_GROUPS: usize = 16;
/// Nor can more bars in each.
const MOST_SERIES: usize = 5;

/// Figures of one kind on one axis, and what the axis says; accuracies are one more kind.
const KINDS: [(&[&str], &str); 3] = [
    (&["test_mse", "pca_mse"], "mean squared error"),
    (&["d_real", "d_fake"], "probability of real"),
    (&["diversity"], "distance, real images = 1"),
];

impl SweepTable {
    /// Bars of the means, a chart for each kind of figure: of accuracies, errors, what discriminators say; where there is none of these, of the first figure.
    pub(super) fn charts(&self, shown: &[&str]) -> Vec<Block> {
        if self.groups.len() > MOST_GROUPS {
            return Vec::new();
        }
        let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
            shown.iter().copied().filter(|name| wanted(name)).take(MOST_SERIES).collect()
        };
        let mut kinds = vec![(of(&is_accuracy), "accuracy".to_string())];
        kinds.extend(KINDS.map(|(names, label)| (of(&|name| names.contains(&name)), label.to_string())));
        kinds.retain(|(names, _)| !names.is_empty());
        if kinds.is_empty() {
            kinds.extend(shown.first().map(|&name| (vec![name], title(name))));
        }
        kinds.into_iter().map(|(names, label)| Block::Chart(self.chart(&names, label))).collect()
    }
    fn chart(&self, names: &[&str], label: String) -> Chart {
        let series = |name: &&str| {
            let of = |group: &SweepGroup| {
                group.figures.get(*name).map(|&(_, mean, std)| (mean, std.unwrap_or(f64::NAN)))
            };
            let figures: Vec<(f64, f64)> =
                self.groups.iter().map(|group| of(group).unwrap_or((f64::NAN, f64::NAN))).collect();
            BarSeries {
                name: title(name),
                values: figures.iter().map(|f| f.0).collect(),
                intervals: figures.iter().map(|(mean, std)| (mean - std, mean + std)).collect(),
                ..BarSeries::default()
            }
        };
        let format = if is_accuracy(names[0]) { TickFormat::FinePercent } else { TickFormat::default() };
        let category = |group: &SweepGroup| match group.values.is_empty() {
            true => "all cells".to_string(),
            false => group.values.join(" · "),
        };
        Chart::Bar(BarChart {
            title: "Means over seeds".into(),
            description: "mean of each combination, with one standard deviation up and down".into(),
            x_label: self.group_axes().join(" · "),
            categories: self.groups.iter().map(category).collect(),
            y: Axis { label, format, range: AxisRange::FromZero, ..Axis::default() },
            series: names.iter().map(series).collect(),
        })
    }
}
