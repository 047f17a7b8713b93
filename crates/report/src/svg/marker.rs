//! The look of a series: colour, dash and marker, so that no reader depends on colour alone.

use super::ink::{num, numbers};
use crate::escape::name_into;

/// Number of colours in the style sheet.
pub(super) const COLOURS: usize = 8;
const DASHES: [&str; 4] = ["", "7 4", "2 4", "10 4 2 4"];

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stroke {
    /// As its slot has it: curves of different colours differ in their dashes too.
    #[default]
    OfSlot,
    /// Without a gap.
    Solid,
    /// Long dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// Dashes and dots.
    DashDotted,
}

impl Stroke {
    /// Appends the dash pattern of a curve of series `slot` as an attribute; a solid one has none.
    pub(super) fn dash(self, slot: usize, out: &mut String) {
        let pattern = DASHES[match self {
            Self::OfSlot => slot % DASHES.len(),
            Self::Solid => 0,
            Self::Dashed => 1,
            Self::Dotted => 2,
            Self::DashDotted => 3,
        }];
        if !pattern.is_empty() {
            out.push_str(" stroke-dasharray=\"");
            out.push_str(pattern);
            out.push('"');
        }
    }
}

/// CSS value of the colour of series `slot`.
pub(super) fn colour(slot: usize) -> String {
    format!("var(--c{})", slot % COLOURS)
}

/// Appends the marker of series `slot` at (`x`, `y`); `hint`, if there is one, shows under a resting pointer. Of curves of one colour those with a stroke
/// of their own have larger, hollow ones, each of its shape: a single point is told apart without a line, and where it lies on another.
pub(super) fn mark(slot: usize, stroke: Stroke, x: f64, y: f64, hint: &str, out: &mut String) {
    let shape = match stroke {
        Stroke::OfSlot | Stroke::Solid => None,
        Stroke::Dotted => Some(slot),
        Stroke::Dashed => Some(slot + 1),
        Stroke::DashDotted => Some(slot + 2),
    };
    let k = if shape.is_some() { 1.4 } else { 1.0 };
    let tag = match shape.unwrap_or(slot) % 4 {
        0 => {
            out.push_str("<circle");
            numbers(&[("cx", x), ("cy", y), ("r", 4.2 * k)], out);
            "circle"
        }
        1 => {
            out.push_str("<rect");
            let half = 3.9 * k;
            numbers(&[("x", x - half), ("y", y - half), ("width", 2.0 * half), ("height", 2.0 * half)], out);
            "rect"
        }
        2 => polygon(&[(x, y - 5.2 * k), (x + 5.0 * k, y + 3.8 * k), (x - 5.0 * k, y + 3.8 * k)], out),
        _ => polygon(&[(x, y - 5.4 * k), (x + 5.4 * k, y), (x, y + 5.4 * k), (x - 5.4 * k, y)], out),
    };
    out.push_str(if shape.is_some() { " class=\"hollow\" stroke=\"" } else { " class=\"mark\" fill=\"" });
    out.push_str(&colour(slot));
    if hint.is_empty() {
        out.push_str("\"/>");
    } else {
        out.push_str("\"><title>");
        name_into(hint, out);
        out.push_str("</title></");
        out.push_str(tag);
        out.push('>');
    }
}

fn polygon(points: &[(f64, f64)], out: &mut String) -> &'static str {
    out.push_str("<polygon points=\"");
    for (i, (x, y)) in points.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        num(*x, out);
        out.push(',');
        num(*y, out);
    }
    out.push('"');
    "polygon"
}
