//! Bar charts, grouped by category.

use super::axis::{Axis, AxisRange, Ends, Ruler};
use super::frame::{self, Bottom, Data, Plot, Surroundings};
use super::ink::{Anchor, num, numbers, text, width};
use super::legend::{Entry, Sample};
use super::marker::colour;
use super::scale::Scale;
use super::size::Size;
use crate::escape::name_into;

/// One bar in each category.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BarSeries {
    /// Name in the legend; empty for none.
    pub name: String,
    /// One value a category; missing, NaN and infinite ones are not drawn.
    pub values: Vec<f64>,
    /// (low, high) of each value, drawn as a whisker; empty or NaN for none.
    pub intervals: Vec<(f64, f64)>,
    /// Colour; `None` takes the place in the chart.
    pub slot: Option<usize>,
}

/// Groups of bars that stand on zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BarChart {
    /// Heading inside the picture; empty for none.
    pub title: String,
    /// Read to those who cannot see the picture; the values follow by themselves.
    pub description: String,
    /// What the categories are.
    pub x_label: String,
    /// Names under the groups.
    pub categories: Vec<String>,
    /// Vertical axis; always linear and with zero on it, since the length of a bar is what is read.
    pub y: Axis,
    /// The series, side by side in each group.
    pub series: Vec<BarSeries>,
}

impl BarChart {
    /// Appends the chart as an `<svg>` element.
    pub(super) fn draw(&self, size: Size, out: &mut String) {
        let y = self.ruler(size);
        let slots: Vec<usize> = self.series.iter().enumerate().map(|(i, s)| s.slot.unwrap_or(i)).collect();
        let entry =
            |(s, &slot): (&BarSeries, &usize)| Entry { name: s.name.clone(), slot, sample: Sample::Block };
        let legend: Vec<_> = self.series.iter().zip(&slots).map(entry).collect();
        let shown = |s: &BarSeries| s.values.iter().take(self.categories.len()).any(|&v| has_place(v));
        let around = Surroundings {
            title: &self.title,
            description: &self.described(),
            x_label: &self.x_label,
            y_label: &self.y.label,
            legend: &legend,
            vertical: &[],
            data: if self.series.iter().any(shown) { Data::Some } else { Data::None },
        };
        let plot = frame::draw(size, &around, &Bottom::Categories(&self.categories), &y, out);
        let group = plot.width / self.categories.len().max(1) as f64;
        let bar = (group * 0.8 / self.series.len().max(1) as f64).min(64.0);
        let label_room =
            self.series.iter().flat_map(|s| &s.values).map(|&v| width(&self.y.format.value(v), 11.0));
        let labelled = label_room.fold(0.0, f64::max) <= bar + 2.0;
        for (i, category) in self.categories.iter().enumerate() {
            let start = plot.left + (i as f64 + 0.5) * group - bar * self.series.len() as f64 / 2.0;
            for (j, (series, &slot)) in self.series.iter().zip(&slots).enumerate() {
                let Some(&value) = series.values.get(i).filter(|&&v| has_place(v)) else { continue };
                let hint = format!("{category}, {}: {}", series.name, self.y.format.value(value));
                let left = start + j as f64 * bar;
                draw_bar(&plot, &y, left, bar, value, &colour(slot), &hint, out);
                let interval = series.intervals.get(i).filter(|i| has_place(i.0) && has_place(i.1));
                if let Some(&(low, high)) = interval {
                    draw_whisker(&plot, &y, left + bar / 2.0, low, high, out);
                }
                if labelled {
                    let end = interval.map_or(value, |i| if value < 0.0 { i.0 } else { i.1 });
                    let at = plot.y(y.place(end).clamp(0.0, 1.0));
                    let at = if value < 0.0 { at + 14.0 } else { at - 5.0 };
                    text(left + bar / 2.0, at, Anchor::Middle, "value", &self.y.format.value(value), out);
                }
            }
        }
        out.push_str("</svg>");
    }

    fn ruler(&self, size: Size) -> Ruler {
        // Zero belongs on the axis of a bar chart, also if a fixed range would cut it off.
        let range = match self.y.range {
            AxisRange::Fixed(low, high) => AxisRange::Fixed(low.min(0.0), high.max(0.0)),
            AxisRange::Auto | AxisRange::FromZero | AxisRange::Broken => AxisRange::FromZero,
        };
        let axis = Axis { range, scale: Scale::Linear, ..self.y.clone() };
        let values = self.series.iter().flat_map(|s| &s.values).copied();
        let ends = self.series.iter().flat_map(|s| &s.intervals).flat_map(|i| [i.0, i.1]);
        axis.over(values.chain(ends), size.ticks().1, Ends::Ticks)
    }

    fn described(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.description.is_empty() {
            parts.push(self.description.clone());
        }
        for series in &self.series {
            let values: Vec<String> = self
                .categories
                .iter()
                .zip(&series.values)
                .map(|(c, &v)| {
                    if has_place(v) {
                        format!("{c} {}", self.y.format.value(v))
                    } else {
                        format!("{c} not measured")
                    }
                })
                .collect();
            parts.push(format!("{}: {}.", series.name, values.join(", ")));
        }
        parts.join(" ")
    }
}

/// Whether a bar can end at `v`: the axis is linear, whatever its scale says.
fn has_place(v: f64) -> bool {
    Axis::default().draws(v)
}

fn draw_bar(
    plot: &Plot,
    y: &Ruler,
    left: f64,
    bar: f64,
    value: f64,
    fill: &str,
    hint: &str,
    out: &mut String,
) {
    let zero = plot.y(y.place(0.0).clamp(0.0, 1.0));
    let end = plot.y(y.place(value).clamp(0.0, 1.0));
    // A zero is drawn as a hairline: it was measured.
    let (top, height) = if end <= zero { (end.min(zero - 1.0), zero - end) } else { (zero, end - zero) };
    out.push_str("<rect");
    let inset = (bar * 0.06).min(2.0);
    numbers(
        &[("x", left + inset), ("y", top), ("width", bar - 2.0 * inset), ("height", height.max(1.0))],
        out,
    );
    out.push_str(" fill=\"");
    out.push_str(fill);
    out.push_str("\"><title>");
    name_into(hint, out);
    out.push_str("</title></rect>");
}

fn draw_whisker(plot: &Plot, y: &Ruler, at: f64, low: f64, high: f64, out: &mut String) {
    let (low, high) = (plot.y(y.place(low).clamp(0.0, 1.0)), plot.y(y.place(high).clamp(0.0, 1.0)));
    out.push_str("<path class=\"whisker\" d=\"");
    for (command, x, y) in [
        ('M', at - 4.0, high),
        ('L', at + 4.0, high),
        ('M', at, high),
        ('L', at, low),
        ('M', at - 4.0, low),
        ('L', at + 4.0, low),
    ] {
        out.push(command);
        num(x, out);
        out.push(' ');
        num(y, out);
    }
    out.push_str("\"/>");
}
