//! What every chart shares: title, legend, axes, grid lines, and the rectangle left for data.

use super::axis::Ruler;
use super::chart::Size;
use super::ink::{Anchor, num, numbers, rule, text, width, wrapped};
use super::legend::{self, Entry, Sample};
use crate::escape::escape_into;

const TITLE: f64 = 15.0;
const LABEL: f64 = 13.0;

/// What stands around the data.
pub(super) struct Surroundings<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) x_label: &'a str,
    pub(super) y_label: &'a str,
    pub(super) legend: &'a [Entry],
    pub(super) sample: Sample,
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
    out.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" viewBox=\"0 0 ");
    num(full_width, out);
    out.push(' ');
    num(full_height, out);
    out.push_str("\" aria-label=\"");
    escape_into(around.title, out);
    out.push_str("\"><title>");
    escape_into(around.title, out);
    out.push_str("</title><desc>");
    escape_into(around.description, out);
    out.push_str("</desc>");

    let mut down = 8.0;
    for line in wrapped(around.title, TITLE, room) {
        down += 19.0;
        text(12.0, down - 4.0, Anchor::Start, "title", &line, out);
    }
    let rows = legend::rows(around.legend, room);
    if !rows.is_empty() {
        legend::draw(&rows, 12.0, down + 14.0, around.sample, out);
        down += rows.len() as f64 * legend::ROW + 6.0;
    }
    if !around.y_label.is_empty() {
        down += 18.0;
        text(12.0, down, Anchor::Start, "", around.y_label, out);
    }
    let widest = y.labels.iter().map(|l| width(l, LABEL)).fold(0.0, f64::max);
    let left = 12.0 + widest + 8.0;
    let top = down + 16.0;
    let below = 28.0 + if around.x_label.is_empty() { 0.0 } else { 20.0 };
    let right = 22.0;
    // A crowded head never squeezes the data to nothing; the view box would rather be overdrawn.
    let height = (full_height - below - top).max(60.0);
    let plot = Plot { left, top, width: full_width - left - right, height };

    for (tick, label) in y.ticks.iter().zip(&y.labels) {
        let at = plot.y(y.place(*tick));
        rule((plot.left, at), (plot.x(1.0), at), "grid", out);
        text(plot.left - 8.0, at + 4.5, Anchor::End, "", label, out);
    }
    rule((plot.left, plot.y(0.0)), (plot.x(1.0), plot.y(0.0)), "axis", out);
    match bottom {
        Bottom::Ruler(x) => draw_ticks(&plot, x, out),
        Bottom::Categories(names) => draw_names(&plot, names, out),
    }
    if !around.x_label.is_empty() {
        text(plot.x(0.5), plot.y(0.0) + 42.0, Anchor::Middle, "", around.x_label, out);
    }
    plot
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
        let shown = super::ink::fitted(name, LABEL, share - 4.0);
        text(at, plot.y(0.0) + 20.0, Anchor::Middle, "", &shown, out);
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
