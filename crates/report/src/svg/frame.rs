//! What every chart shares: title, legend, axes, grid lines, and the rectangle left for data.

use super::axis::Ruler;
use super::guides::VerticalLine;
use super::ink::{Anchor, fitted, num, numbers, rule, text, width, wrapped};
use super::legend::{self, Entry};
use super::size::Size;
use crate::escape::{description_into, name_into};

const TITLE: f64 = 15.0;
const LABEL: f64 = 13.0;
/// Height of a row of labels above the data.
const ROW: f64 = 16.0;
/// Least height of the data: a crowded head makes the picture taller.
const LEAST: f64 = 120.0;

/// What stands around the data.
pub(super) struct Surroundings<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) x_label: &'a str,
    pub(super) y_label: &'a str,
    pub(super) legend: &'a [Entry],
    pub(super) vertical: &'a [VerticalLine],
    /// Whether there is anything to draw.
    pub(super) data: Data,
}

/// Whether a chart has numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Data {
    Some,
    None,
}

/// What is written along the bottom.
pub(super) enum Bottom<'a> {
    Ruler(&'a Ruler),
    Categories(&'a [String]),
}

/// The rectangle of the data, in the units of the view box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Plot {
    /// Horizontal place of a fraction of the axis.
    pub(super) fn x(&self, fraction: f64) -> f64 {
        self.left + fraction * self.width
    }

    /// Vertical place of a fraction of the axis, upwards.
    pub(super) fn y(&self, fraction: f64) -> f64 {
        self.top + (1.0 - fraction) * self.height
    }
}

/// A label above the data: its text, its middle, its row and the place of its line.
struct Placed {
    label: String,
    middle: f64,
    row: usize,
    at: f64,
}

/// Appends the opening `<svg>` and everything around the data; the caller draws the data and closes the element.
pub(super) fn draw(
    size: Size,
    around: &Surroundings<'_>,
    bottom: &Bottom<'_>,
    y: &Ruler,
    out: &mut String,
) -> Plot {
    let (full_width, full_height) = size.pixels();
    let room = full_width - 24.0;
    let title = wrapped(around.title, TITLE, room);
    let names = legend::rows(around.legend, room);
    let y_label = match y.labels.first().filter(|_| y.broken) {
        Some(first) if around.y_label.is_empty() => format!("axis from {first}"),
        Some(first) => format!("{}, axis from {first}", around.y_label),
        None => around.y_label.to_owned(),
    };
    let widest = y.labels.iter().map(|l| width(l, LABEL)).fold(0.0, f64::max);
    let left = 12.0 + widest + 8.0;
    let across = full_width - left - 22.0;
    let placed = match bottom {
        Bottom::Ruler(x) => placed(around.vertical, x, left, across, full_width),
        Bottom::Categories(_) => Vec::new(),
    };
    let rows = placed.iter().map(|p| p.row + 1).max().unwrap_or(0);

    // From the top down: title, legend, name of the vertical axis, labels, data.
    let legend_at = 8.0 + 19.0 * title.len() as f64;
    let label_at = legend_at + if names.is_empty() { 0.0 } else { names.len() as f64 * legend::ROW + 6.0 };
    let rows_at = label_at + if y_label.is_empty() { 0.0 } else { 18.0 };
    let top = rows_at + rows as f64 * ROW + 16.0;
    let below = 28.0 + if around.x_label.is_empty() { 0.0 } else { 20.0 };
    let full_height = full_height.max(top + LEAST + below);
    let plot = Plot { left, top, width: across, height: full_height - below - top };

    open(full_width, full_height, around.title, around.description, out);
    for (i, line) in title.iter().enumerate() {
        text(12.0, 23.0 + 19.0 * i as f64, Anchor::Start, "title", line, out);
    }
    legend::draw(&names, 12.0, legend_at + 14.0, out);
    if !y_label.is_empty() {
        text(12.0, rows_at, Anchor::Start, "", &fitted(&y_label, LABEL, room), out);
    }
    for (tick, label) in y.ticks.iter().zip(&y.labels) {
        let at = plot.y(y.place(*tick));
        rule((plot.left, at), (plot.x(1.0), at), "grid", out);
        text(plot.left - 8.0, at + 4.5, Anchor::End, "", label, out);
    }
    rule((plot.left, plot.y(0.0)), (plot.x(1.0), plot.y(0.0)), "axis", out);
    if y.broken {
        draw_break(&plot, out);
    }
    match bottom {
        Bottom::Ruler(x) => draw_ticks(&plot, x, out),
        Bottom::Categories(names) => draw_names(&plot, names, out),
    }
    let base = |p: &Placed| rows_at + (p.row + 1) as f64 * ROW;
    for p in &placed {
        rule((p.at, base(p) + 4.0), (p.at, plot.y(0.0)), "event", out);
    }
    // Labels come after all lines, which they cover.
    for p in &placed {
        text(p.middle, base(p), Anchor::Middle, "label", &p.label, out);
    }
    if !around.x_label.is_empty() {
        let label = fitted(around.x_label, LABEL, plot.width);
        text(plot.x(0.5), plot.y(0.0) + 42.0, Anchor::Middle, "", &label, out);
    }
    if around.data == Data::None {
        text(plot.x(0.5), plot.y(0.5) + 4.5, Anchor::Middle, "", "no numbers to draw", out);
    }
    plot
}

/// Appends the opening of a chart.
pub(super) fn open(width: f64, height: f64, title: &str, description: &str, out: &mut String) {
    out.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" viewBox=\"0 0 ");
    num(width, out);
    out.push(' ');
    num(height, out);
    out.push_str("\" aria-label=\"");
    name_into(title, out);
    out.push_str("\"><title>");
    name_into(title, out);
    out.push_str("</title><desc>");
    description_into(description, out);
    out.push_str("</desc>");
}

/// Labels in as few rows as keep them apart, each around its line and inside the picture.
fn placed(lines: &[VerticalLine], x: &Ruler, left: f64, across: f64, full: f64) -> Vec<Placed> {
    let mut ends: Vec<f64> = Vec::new();
    let mut lines: Vec<&VerticalLine> = lines.iter().filter(|l| l.x.is_finite() && x.shows(l.x)).collect();
    lines.sort_by(|a, b| a.x.total_cmp(&b.x));
    let place = |line: &&VerticalLine| {
        let at = left + x.place(line.x).clamp(0.0, 1.0) * across;
        let label = fitted(&line.label, LABEL, 0.7 * full);
        let half = width(&label, LABEL) / 2.0;
        let middle = at.clamp((12.0 + half).min(full / 2.0), (full - 12.0 - half).max(full / 2.0));
        let row = ends.iter().position(|&end| end + 10.0 < middle - half).unwrap_or(ends.len());
        if row == ends.len() {
            ends.push(0.0);
        }
        ends[row] = middle + half;
        Placed { label, middle, row, at }
    };
    lines.iter().map(place).collect()
}

/// A zigzag at the foot of the vertical axis.
fn draw_break(plot: &Plot, out: &mut String) {
    out.push_str("<path class=\"break\" d=\"");
    let foot = plot.y(0.0);
    for (i, (dx, dy)) in [(0.0, 0.0), (0.0, -3.0), (-5.0, -5.5), (5.0, -10.5), (0.0, -13.0), (0.0, -18.0)]
        .into_iter()
        .enumerate()
    {
        out.push(if i == 0 { 'M' } else { 'L' });
        num(plot.left + dx, out);
        out.push(' ');
        num(foot + dy, out);
    }
    out.push_str("\"/>");
}

fn draw_ticks(plot: &Plot, x: &Ruler, out: &mut String) {
    let mut free = f64::NEG_INFINITY;
    for (tick, label) in x.ticks.iter().zip(&x.labels) {
        let at = plot.x(x.place(*tick));
        rule((at, plot.y(0.0)), (at, plot.y(0.0) + 5.0), "axis", out);
        let half = width(label, LABEL) / 2.0;
        // Labels that would touch are left out; the tick stays.
        if at - half > free {
            text(at, plot.y(0.0) + 20.0, Anchor::Middle, "", label, out);
            free = at + half + 4.0;
        }
    }
}

fn draw_names(plot: &Plot, names: &[String], out: &mut String) {
    let share = plot.width / names.len().max(1) as f64;
    let tight = names.iter().any(|n| width(n, LABEL) > share - 6.0);
    for (i, name) in names.iter().enumerate() {
        let at = plot.left + (i as f64 + 0.5) * share;
        if tight && share < 34.0 {
            // No room even for a few letters: the pointer's hint still names the bar.
            continue;
        }
        text(at, plot.y(0.0) + 20.0, Anchor::Middle, "", &fitted(name, LABEL, share - 4.0), out);
    }
}

/// Appends the opening of a nested drawing that clips what it holds to the plot; close it with `</svg>`.
pub(super) fn open_clip(plot: &Plot, out: &mut String) {
    out.push_str("<svg");
    numbers(&[("x", plot.left), ("y", plot.top), ("width", plot.width), ("height", plot.height)], out);
    out.push_str(" viewBox=\"");
    for (i, v) in [plot.left, plot.top, plot.width, plot.height].into_iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        num(v, out);
    }
    out.push_str("\" overflow=\"hidden\">");
}
