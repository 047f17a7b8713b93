//! Counts of pairs as a square of shaded cells: a confusion matrix.

use super::frame::open;
use super::ink::{Anchor, fitted, numbers, text, width, wrapped};
use super::marker::colour;
use super::size::Size;
use crate::escape::name_into;

/// Letters of a count, in pixels.
const COUNT: f64 = 11.0;
/// Letters of a name.
const NAME: f64 = 13.0;
/// How much of the colour the fullest cell has: a count written on it stays readable.
pub(crate) const FULLEST: f64 = 0.5;
/// The colours of the diagonal and of everything beside it.
const SLOTS: [usize; 2] = [0, 1];

/// How often each row's class was taken for each column's.
///
/// The diagonal has one colour, everything beside it another; each is as strong as the count is large beside the largest of its colour, so that
/// few mistakes among many right answers are seen. Zeros are blank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountMatrix {
    /// Heading inside the picture; empty for none.
    pub title: String,
    /// Read to those who cannot see the picture; the counts follow by themselves.
    pub description: String,
    /// What a row is.
    pub row_label: String,
    /// What a column is.
    pub column_label: String,
    /// Names of the classes.
    pub names: Vec<String>,
    /// Counts, row by row; missing ones are zero.
    pub counts: Vec<usize>,
}

/// The rectangle of the cells.
struct Cells {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl CountMatrix {
    fn count(&self, row: usize, column: usize) -> usize {
        self.counts.get(row * self.names.len() + column).copied().unwrap_or(0)
    }

    /// Appends the chart as an `<svg>` element.
    pub(super) fn draw(&self, size: Size, out: &mut String) {
        let n = self.names.len();
        let full = size.pixels().0;
        let title = wrapped(&self.title, 15.0, full - 24.0);
        let widest = self.names.iter().map(|name| width(name, NAME)).fold(0.0, f64::max).min(0.3 * full);
        let left = 12.0 + widest + 8.0;
        // Title, name of the rows, names of the columns, cells, name of the columns.
        let rows_at = 24.0 + 19.0 * title.len() as f64;
        let cell = (full - left - 12.0) / n.max(1) as f64;
        let height = cell.clamp(6.0, 34.0);
        let cells = Cells { left, top: rows_at + 30.0, width: cell, height };
        let bottom = cells.top + n as f64 * height;
        open(full, bottom + 34.0, &self.title, &self.described(), out);
        for (i, line) in title.iter().enumerate() {
            text(12.0, 23.0 + 19.0 * i as f64, Anchor::Start, "title", line, out);
        }
        let label = |words: &str| fitted(words, NAME, full - 24.0);
        text(12.0, rows_at, Anchor::Start, "", &label(&self.row_label), out);
        text(
            left + cell * n as f64 / 2.0,
            bottom + 22.0,
            Anchor::Middle,
            "",
            &label(&self.column_label),
            out,
        );
        for (i, name) in self.names.iter().enumerate() {
            let (x, y) = (left + (i as f64 + 0.5) * cell, cells.top + (i as f64 + 0.5) * height);
            if height >= NAME - 1.0 {
                text(left - 8.0, y + 4.5, Anchor::End, "", &fitted(name, NAME, widest), out);
            }
            if width(name, NAME) <= cell {
                text(x, cells.top - 8.0, Anchor::Middle, "", name, out);
            }
        }
        self.draw_cells(&cells, out);
        out.push_str("</svg>");
    }

    fn draw_cells(&self, cells: &Cells, out: &mut String) {
        let n = self.names.len();
        let pairs = || (0..n).flat_map(|row| (0..n).map(move |column| (row, column)));
        let largest = |on_diagonal: bool| {
            let own = pairs().filter(|(row, column)| (row == column) == on_diagonal);
            own.map(|(row, column)| self.count(row, column)).max().unwrap_or(0)
        };
        let largest = [largest(true), largest(false)];
        let Cells { left, top, width: w, height: h } = *cells;
        out.push_str("<rect class=\"cells\"");
        numbers(&[("x", left), ("y", top), ("width", w * n as f64), ("height", h * n as f64)], out);
        out.push_str("/>");
        for (row, column) in pairs() {
            let count = self.count(row, column);
            if count == 0 {
                continue;
            }
            let kind = usize::from(row != column);
            let (x, y) = (left + column as f64 * w, top + row as f64 * h);
            out.push_str("<g><title>");
            let hint = format!("{} taken for {}: {count}", self.names[row], self.names[column]);
            name_into(&hint, out);
            out.push_str("</title><rect");
            let strength = (FULLEST * count as f64 / largest[kind] as f64).max(0.06);
            numbers(&[("x", x + 0.5), ("y", y + 0.5), ("width", w - 1.0), ("height", h - 1.0)], out);
            numbers(&[("fill-opacity", strength)], out);
            out.push_str(" fill=\"");
            out.push_str(&colour(SLOTS[kind]));
            out.push_str("\"/>");
            let words = count.to_string();
            if width(&words, COUNT) <= w - 2.0 && h >= COUNT + 1.0 {
                text(x + w / 2.0, y + h / 2.0 + 4.0, Anchor::Middle, "value", &words, out);
            }
            out.push_str("</g>");
        }
    }

    /// Each row in words: what it is, how much of it stands on the diagonal, and where the rest is.
    fn described(&self) -> String {
        let n = self.names.len();
        let mut parts = Vec::new();
        if !self.description.is_empty() {
            parts.push(self.description.clone());
        }
        for (row, name) in self.names.iter().enumerate() {
            let all: usize = (0..n).map(|column| self.count(row, column)).sum();
            let others = (0..n).filter(|&column| column != row && self.count(row, column) > 0);
            let others: Vec<_> =
                others.map(|c| format!("{} as {}", self.count(row, c), self.names[c])).collect();
            let rest = if others.is_empty() { String::new() } else { format!(", {}", others.join(", ")) };
            parts.push(format!("{name}: {} of {all} right{rest}.", self.count(row, row)));
        }
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::balance;
    use crate::svg::Chart;

    fn matrix(n: usize, counts: Vec<usize>) -> CountMatrix {
        CountMatrix {
            title: "t".into(),
            names: (0..n).map(|c| format!("c{c}")).collect(),
            counts,
            ..CountMatrix::default()
        }
    }

    fn drawn(matrix: CountMatrix, size: Size) -> String {
        let svg = Chart::Matrix(matrix).to_svg(size);
        balance::check(&svg).unwrap();
        svg
    }

    #[test]
    fn mistakes_are_as_strong_as_the_largest_of_them() {
        for size in [Size::Wide, Size::Compact] {
            let svg = drawn(matrix(3, vec![98, 2, 0, 1, 49, 0, 0, 0, 0]), size);
            let strengths: Vec<_> =
                svg.split("fill-opacity=\"").skip(1).map(|s| s.split('"').next().unwrap()).collect();
            assert_eq!(strengths, ["0.5", "0.5", "0.25", "0.25"], "98 of 98, 2 of 2, 1 of 2, 49 of 98");
            assert_eq!(svg.matches("fill=\"var(--c1)\"").count(), 2);
            assert!(svg.contains("<title>c0 taken for c1: 2</title>") && svg.contains(">98</text>"));
            assert!(
                svg.contains("c0: 98 of 100 right, 2 as c1. c1: 49 of 50 right, 1 as c0. c2: 0 of 0 right.")
            );
        }
    }

    #[test]
    fn many_classes_and_none_are_pictures_too() {
        let many = drawn(matrix(60, vec![123_456; 3600]), Size::Compact);
        assert!(!many.contains("class=\"value\""), "no room for counts: the hints have them");
        assert_eq!(many.matches("taken for").count(), 3600);
        assert!(!drawn(matrix(0, vec![]), Size::Wide).contains("taken for"));
        assert!(!drawn(matrix(2, vec![]), Size::Wide).contains("taken for"), "missing counts are zero");
    }
}
