//! Names of the series, in rows above the plot, where no data can be.

use super::ink::{Anchor, fitted, numbers, text, width};
use super::marker::{Stroke, colour, mark};

/// What a sample of a series looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sample {
    /// A curve with its markers.
    Line(Stroke),
    /// A constant: no markers.
    Level,
    /// A bar.
    Block,
}

/// One name, its colour slot and its look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) slot: usize,
    pub(super) sample: Sample,
}

const SIZE: f64 = 13.0;
const SAMPLE: f64 = 26.0;
const GAP: f64 = 18.0;
/// Height of a row.
pub(super) const ROW: f64 = 20.0;

/// Entries broken into rows that fit `room` pixels; nameless series are left out.
pub(super) fn rows(entries: &[Entry], room: f64) -> Vec<Vec<Entry>> {
    let mut rows: Vec<Vec<Entry>> = Vec::new();
    let mut used = f64::INFINITY;
    for entry in entries.iter().filter(|entry| !entry.name.is_empty()) {
        let name = fitted(&entry.name, SIZE, room - SAMPLE - 6.0);
        let needed = SAMPLE + 6.0 + width(&name, SIZE);
        if used + GAP + needed > room {
            rows.push(Vec::new());
            used = -GAP;
        }
        used += GAP + needed;
        if let Some(row) = rows.last_mut() {
            row.push(Entry { name, ..entry.clone() });
        }
    }
    rows
}

/// Appends `rows` with their left end at `x`, the first row around the height `y`.
pub(super) fn draw(rows: &[Vec<Entry>], x: f64, y: f64, out: &mut String) {
    for (i, row) in rows.iter().enumerate() {
        let y = y + i as f64 * ROW;
        let mut x = x;
        for Entry { name, slot, sample } in row {
            match sample {
                Sample::Line(stroke) => {
                    out.push_str("<line");
                    numbers(&[("x1", x), ("y1", y), ("x2", x + SAMPLE), ("y2", y)], out);
                    out.push_str(&format!(" class=\"line\" stroke=\"{}\"", colour(*slot)));
                    stroke.dash(*slot, out);
                    out.push_str("/>");
                    mark(*slot, *stroke, x + SAMPLE / 2.0, y, "", out);
                }
                Sample::Level => {
                    out.push_str("<line");
                    numbers(&[("x1", x), ("y1", y), ("x2", x + SAMPLE), ("y2", y)], out);
                    out.push_str(&format!(" class=\"level\" stroke=\"{}\"/>", colour(*slot)));
                }
                Sample::Block => {
                    out.push_str("<rect");
                    numbers(
                        &[("x", x + 8.0), ("y", y - 6.0), ("width", 14.0), ("height", 12.0), ("rx", 2.0)],
                        out,
                    );
                    out.push_str(&format!(" fill=\"{}\"/>", colour(*slot)));
                }
            }
            text(x + SAMPLE + 6.0, y + 4.5, Anchor::Start, "name", name, out);
            x += SAMPLE + 6.0 + width(name, SIZE) + GAP;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_wrap_and_keep_every_name() {
        let entry = |name: String, slot| Entry { name, slot, sample: Sample::Block };
        let entries: Vec<Entry> = (0..9).map(|i| entry(format!("series number {i}"), i)).collect();
        let rows = rows(&entries, 340.0);
        assert!(rows.len() >= 3);
        assert_eq!(rows.iter().flatten().count(), 9);
        for row in &rows {
            let used: f64 = row.iter().map(|e| SAMPLE + 6.0 + width(&e.name, SIZE)).sum();
            assert!(used + GAP * (row.len() - 1) as f64 <= 340.0);
        }
        assert!(super::rows(&[entry(String::new(), 0)], 300.0).is_empty());
    }
}
