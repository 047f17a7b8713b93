//! Line charts.

use super::axis::{Axis, Ends, Ruler};
use super::decimate::decimate;
use super::frame::{self, Bottom, Data, Plot, Surroundings};
use super::guides::{HorizontalLine, VerticalLine};
use super::ink::{num, numbers};
use super::legend::{Entry, Sample};
use super::marker::{Stroke, colour, mark};
use super::size::Size;

/// Curves with at most this many points get a marker at each; denser ones are drawn thin, with few.
const MARKED: usize = 24;

/// One curve.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Name in the legend; empty for none.
    pub name: String,
    /// (x, y) in drawing order; a NaN or infinity interrupts the line.
    pub points: Vec<(f64, f64)>,
    /// (x, low, high) of a band behind the line, a confidence interval for example; empty for none.
    pub band: Vec<(f64, f64, f64)>,
    /// Colour and marker, and the dash too if `stroke` does not say otherwise; `None` takes the place in the chart. Fix it to keep
    /// a model's look over several charts.
    pub slot: Option<usize>,
    /// The dash: what tells two curves of one model apart.
    pub stroke: Stroke,
}

impl Series {
    /// A curve with a name and nothing else.
    pub fn new(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { name: name.into(), points: points.into_iter().collect(), ..Self::default() }
    }
}

/// Curves over a common pair of axes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LineChart {
    /// Heading inside the picture; empty for none.
    pub title: String,
    /// Read to those who cannot see the picture; a summary of the series follows by itself.
    pub description: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// The curves.
    pub series: Vec<Series>,
    /// Constants; they count as data of the vertical axis.
    pub horizontal: Vec<HorizontalLine>,
    /// Places on the horizontal axis, which they do not widen.
    pub vertical: Vec<VerticalLine>,
}

impl LineChart {
    /// Appends the chart as an `<svg>` element.
    pub(super) fn draw(&self, size: Size, out: &mut String) {
        let (x, y) = self.rulers(size);
        let slots: Vec<usize> = self.series.iter().enumerate().map(|(i, s)| s.slot.unwrap_or(i)).collect();
        let levels: Vec<(&HorizontalLine, usize)> = self
            .horizontal
            .iter()
            .enumerate()
            .filter(|(_, l)| self.y.draws(l.y))
            .map(|(i, l)| (l, l.slot.unwrap_or(self.series.len() + i)))
            .collect();
        let entry = |name: &str, slot, sample| Entry { name: name.to_owned(), slot, sample };
        let curves = self.series.iter().zip(&slots).map(|(s, &i)| entry(&s.name, i, Sample::Line(s.stroke)));
        let legend: Vec<_> =
            curves.chain(levels.iter().map(|&(l, slot)| entry(&l.name, slot, Sample::Level))).collect();
        let any = self.series.iter().flat_map(|s| &s.points).any(|p| self.draws(p.0, p.1));
        let around = Surroundings {
            title: &self.title,
            description: &self.described(),
            x_label: &self.x.label,
            y_label: &self.y.label,
            legend: &legend,
            vertical: &self.vertical,
            data: if any { Data::Some } else { Data::None },
        };
        let plot = frame::draw(size, &around, &Bottom::Ruler(&x), &y, out);
        for (level, slot) in levels.into_iter().filter(|(l, _)| y.shows(l.y)) {
            let at = plot.y(y.place(level.y).clamp(0.0, 1.0));
            out.push_str("<line");
            numbers(&[("x1", plot.left), ("y1", at), ("x2", plot.x(1.0)), ("y2", at)], out);
            out.push_str(&format!(" class=\"level\" stroke=\"{}\"/>", colour(slot)));
        }
        frame::open_clip(&plot, out);
        for (series, &slot) in self.series.iter().zip(&slots) {
            self.draw_band(series, slot, &plot, &x, &y, out);
        }
        for (series, &slot) in self.series.iter().zip(&slots) {
            self.draw_line(series, slot, &plot, &x, &y, out);
        }
        out.push_str("</svg>");
        // Markers come after the clip: one at the very edge is drawn whole.
        for (series, &slot) in self.series.iter().zip(&slots) {
            self.draw_marks(series, slot, &plot, &x, &y, out);
        }
        out.push_str("</svg>");
    }

    fn rulers(&self, size: Size) -> (Ruler, Ruler) {
        let points = || self.series.iter().flat_map(|s| &s.points).filter(|p| self.draws(p.0, p.1));
        let bands =
            || self.series.iter().flat_map(|s| &s.band).filter(|b| self.draws(b.0, b.1) && self.y.draws(b.2));
        let xs = points().map(|p| p.0).chain(bands().map(|b| b.0));
        let levels = self.horizontal.iter().map(|l| l.y);
        let ys = points().map(|p| p.1).chain(bands().flat_map(|b| [b.1, b.2])).chain(levels);
        let (across, up) = size.ticks();
        (self.x.over(xs, across, Ends::Data), self.y.over(ys, up, Ends::Ticks))
    }

    fn draws(&self, x: f64, y: f64) -> bool {
        self.x.draws(x) && self.y.draws(y)
    }

    fn draw_band(&self, series: &Series, slot: usize, plot: &Plot, x: &Ruler, y: &Ruler, out: &mut String) {
        let kept = series.band.iter().filter(|b| self.draws(b.0, b.1) && self.y.draws(b.2));
        let edges: Vec<_> =
            kept.map(|b| (plot.x(x.place(b.0)), plot.y(y.place(b.1)), plot.y(y.place(b.2)))).collect();
        if edges.len() < 2 {
            return;
        }
        let round = edges.iter().map(|e| (e.0, e.2)).chain(edges.iter().rev().map(|e| (e.0, e.1)));
        out.push_str("<path class=\"band\" fill=\"");
        out.push_str(&colour(slot));
        out.push_str("\" d=\"");
        path(round.map(Some), out);
        out.push_str("Z\"/>");
    }

    fn draw_line(&self, series: &Series, slot: usize, plot: &Plot, x: &Ruler, y: &Ruler, out: &mut String) {
        let place =
            |&(px, py): &(f64, f64)| self.draws(px, py).then(|| (plot.x(x.place(px)), plot.y(y.place(py))));
        let points = decimate(series.points.iter().map(place).collect(), plot.width);
        if points.iter().flatten().count() < 2 {
            return;
        }
        let dense = self.is_dense(series);
        out.push_str(if dense {
            "<path class=\"line thin\" stroke=\""
        } else {
            "<path class=\"line\" stroke=\""
        });
        out.push_str(&colour(slot));
        out.push('"');
        // Dashes drown in a noisy curve.
        if !dense {
            series.stroke.dash(slot, out);
        }
        out.push_str(" d=\"");
        path(points.into_iter(), out);
        out.push_str("\"/>");
    }

    fn draw_marks(&self, series: &Series, slot: usize, plot: &Plot, x: &Ruler, y: &Ruler, out: &mut String) {
        // A dense curve gets a marker now and then, each series at its own places, so that the legend still tells them apart.
        let apart = if self.is_dense(series) { plot.width / 7.0 } else { 0.0 };
        let mut next = plot.left + apart * (0.35 + 0.3 * (slot % 3) as f64);
        let shown = series.points.iter().filter(|p| self.draws(p.0, p.1) && x.shows(p.0) && y.shows(p.1));
        for &(px, py) in shown {
            let (at, up) = (plot.x(x.place(px).clamp(0.0, 1.0)), plot.y(y.place(py).clamp(0.0, 1.0)));
            if apart > 0.0 && at < next {
                continue;
            }
            next = at + apart;
            let hint = format!("{}: {}, {}", series.name, self.x.format.value(px), self.y.format.value(py));
            mark(slot, series.stroke, at, up, hint.trim_start_matches(": "), out);
        }
    }

    fn is_dense(&self, series: &Series) -> bool {
        series.points.iter().filter(|p| self.draws(p.0, p.1)).count() > MARKED
    }

    fn described(&self) -> String {
        let mut text = self.description.clone();
        for series in &self.series {
            if !text.is_empty() {
                text.push(' ');
            }
            let points: Vec<_> = series.points.iter().filter(|p| self.draws(p.0, p.1)).collect();
            let show =
                |p: &(f64, f64)| format!("{} at {}", self.y.format.value(p.1), self.x.format.value(p.0));
            match (points.first(), points.last()) {
                (Some(first), Some(last)) => {
                    text.push_str(&format!(
                        "{}: {} points, from {} to {}.",
                        series.name,
                        points.len(),
                        show(first),
                        show(last)
                    ));
                }
                _ => text.push_str(&format!("{}: nothing measured.", series.name)),
            }
        }
        for level in self.horizontal.iter().filter(|l| self.y.draws(l.y)) {
            text.push_str(&format!(" {}: constant at {}.", level.name, self.y.format.value(level.y)));
        }
        for line in self.vertical.iter().filter(|l| self.x.draws(l.x)) {
            text.push_str(&format!(" Marked at {}: {}.", self.x.format.value(line.x), line.label));
        }
        text
    }
}

/// Appends path commands; a gap starts a new piece, and a point alone between gaps becomes a dot.
fn path(points: impl Iterator<Item = Option<(f64, f64)>>, out: &mut String) {
    let mut points = points.peekable();
    let mut inside = false;
    while let Some(point) = points.next() {
        let Some((x, y)) = point else {
            inside = false;
            continue;
        };
        out.push(if inside { 'L' } else { 'M' });
        num(x, out);
        out.push(' ');
        num(y, out);
        if !inside && matches!(points.peek(), None | Some(None)) {
            out.push_str("h0");
        }
        inside = true;
    }
}
