//! The charts of a study.

use super::study::{ActivationRow, ActivationStudy};
use sparring_report::svg::{
    Axis, AxisRange, Chart, LineChart, Scale, Series, TickFormat, Ticks, VerticalLine,
};

/// More curves cannot be told apart.
const MOST_SERIES: usize = 7;
/// Where a curvature of 0 stands on a logarithmic axis.
const ZERO: f64 = 0.03;

/// Element by element the mean of lists of one length; those of another than the first one's are left out.
fn means(lists: &[Vec<f64>]) -> Vec<f64> {
    let Some(first) = lists.first() else { return Vec::new() };
    let same: Vec<&Vec<f64>> = lists.iter().filter(|list| list.len() == first.len()).collect();
    (0..first.len()).map(|i| same.iter().map(|list| list[i]).sum::<f64>() / same.len() as f64).collect()
}

fn percent(label: &str) -> Axis {
    Axis {
        label: label.into(),
        format: TickFormat::Percent,
        range: AxisRange::Fixed(0.0, 1.0),
        ..Axis::default()
    }
}

impl ActivationStudy {
    /// The activations, a few at a time.
    fn few(&self) -> impl Iterator<Item = &[String]> {
        let charts = self.plan.activations.len().div_ceil(MOST_SERIES).max(1);
        self.plan.activations.chunks(self.plan.activations.len().div_ceil(charts).max(1))
    }
    /// The nets of an activation, its curve.
    fn curve(&self, activation: &str, defense: &str) -> Series {
        let nets = self.nets(activation, defense);
        let suites = nets.iter().filter_map(|row| Some(&row.result.as_ref()?.net.as_ref()?.suite));
        let curves: Vec<&Vec<(f64, f64)>> = suites.map(|suite| &suite.curve).collect();
        let side = |of: fn(&(f64, f64)) -> f64| {
            means(&curves.iter().map(|curve| curve.iter().map(of).collect()).collect::<Vec<_>>())
        };
        let masked = nets.iter().any(|row| row.masked().is_some());
        let name = if masked { format!("{activation} (masked)") } else { activation.to_string() };
        Series::new(name, side(|p| p.0).into_iter().zip(side(|p| p.1)))
    }
    /// Accuracy against the budget, a chart for each defence and few activations.
    pub(super) fn curves(&self) -> Vec<Chart> {
        let mut all = Vec::new();
        for defense in &self.plan.defenses {
            for activations in self.few() {
                let series: Vec<Series> = activations.iter().map(|name| self.curve(name, defense)).collect();
                all.push(Chart::Line(LineChart {
                    title: format!("Accuracy against the budget, {defense}"),
                    description: "fraction right under PGD-40 at each budget, mean over seeds".into(),
                    x: Axis { label: "eps".into(), ..Axis::default() },
                    y: percent("right under PGD-40"),
                    series: series.into_iter().filter(|s| !s.points.is_empty()).collect(),
                    ..LineChart::default()
                }));
            }
        }
        all.into_iter()
            .filter(|chart| !matches!(chart, Chart::Line(line) if line.series.is_empty()))
            .collect()
    }
    /// Gradient norms by depth before and after the training under a defence.
    pub(super) fn gradients(&self, defense: &str) -> Vec<Chart> {
        let chart = |activations: &[String], end: bool| {
            let norms = |row: &&ActivationRow| -> Option<Vec<f64>> {
                let net = row.result.as_ref()?.net.as_ref()?;
                Some(net.gradients.iter().map(|g| if end { g.end } else { g.start }).collect())
            };
            let series = activations.iter().map(|name| {
                let all: Vec<Vec<f64>> = self.nets(name, defense).iter().filter_map(norms).collect();
                Series::new(name, (1..).map(f64::from).zip(means(&all)))
            });
            let when = if end { "after the training" } else { "before it" };
            LineChart {
                title: format!("Gradient by depth {when}, {defense}"),
                description: "Euclidean norm of the gradient at the weights of each layer, mean over seeds"
                    .into(),
                x: Axis { label: "layer, from the input on".into(), ticks: Ticks::Whole, ..Axis::default() },
                y: Axis { label: "norm of the gradient".into(), scale: Scale::Log10, ..Axis::default() },
                series: series.filter(|s| !s.points.is_empty()).collect(),
                ..LineChart::default()
            }
        };
        let all = self.few().flat_map(|few| [chart(few, false), chart(few, true)]);
        all.filter(|chart| !chart.series.is_empty()).map(Chart::Line).collect()
    }
    /// Accuracy under the suite against max |f''|.
    pub(super) fn scatter(&self, defense: &str) -> Option<Chart> {
        let all = self.curvatures(defense);
        let on_axis = |(name, c, a): &(&str, f64, f64)| (name.starts_with("softplus"), (c.max(ZERO), *a));
        let (softplus, others): (Vec<_>, Vec<_>) =
            all.iter().map(on_axis).partition(|(softplus, _)| *softplus);
        let mut softplus: Vec<(f64, f64)> = softplus.into_iter().map(|(_, point)| point).collect();
        softplus.sort_by(|a, b| a.0.total_cmp(&b.0));
        // A point that is not drawn after each one: they are no curve.
        let others = others.into_iter().flat_map(|(_, point)| [point, (f64::NAN, f64::NAN)]).collect();
        let line = |name: &str, points: Vec<(f64, f64)>| Series::new(name, points);
        let zero = all.iter().any(|(_, c, _)| *c < ZERO);
        let zero = zero.then(|| VerticalLine { x: ZERO, label: "0: linear".into() });
        let series = vec![line("softplus, by beta", softplus), line("others", others)];
        (all.len() > 1).then(|| {
            Chart::Line(LineChart {
                title: format!("Curvature and robustness, {defense}"),
                description: "accuracy under AutoAttack against the largest second derivative".into(),
                x: Axis { label: "max |f''|".into(), scale: Scale::Log10, ..Axis::default() },
                y: Axis {
                    label: "right under AutoAttack".into(),
                    format: TickFormat::Percent,
                    ..Axis::default()
                },
                series: series.into_iter().filter(|s| !s.points.is_empty()).collect(),
                vertical: zero.into_iter().collect(),
                ..LineChart::default()
            })
        })
    }
}
