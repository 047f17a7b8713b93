//! Tables that can be read across.

use super::tone::Tone;
use crate::escape::{brief_into, prose_into};

/// Rows and columns of short texts and numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Running text above; may be empty.
    pub caption: String,
    /// Names of the columns.
    pub headers: Vec<String>,
    /// Rows of cells; the first cell of a row names it. Short rows are filled up.
    pub rows: Vec<Vec<Cell>>,
    /// Indices of rows to set off.
    pub highlight: Vec<usize>,
}

/// One place of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// What it says; may hold `code`.
    pub text: String,
    /// A smaller line below: an interval, a sample size; may be empty.
    pub note: String,
    /// Fraction of 1 drawn as a bar beside a number; `None` or NaN for none.
    pub bar: Option<f64>,
    /// Colour of the text.
    pub tone: Tone,
    /// A file beside the page that the text leads to, as in `cells/a/report.html`; empty for none. What is no such path is not linked.
    pub link: String,
}

impl Cell {
    /// A fraction of 1 as a percentage with one decimal and a bar; "–" if it is not finite.
    ///
    /// ```
    /// use sparring_report::html::Cell;
    /// assert_eq!(Cell::percent(0.8846).text, "88.5\u{a0}%");
    /// assert_eq!(Cell::percent(f64::NAN).text, "–");
    /// ```
    pub fn percent(fraction: f64) -> Self {
        if !fraction.is_finite() {
            return Self::from("–");
        }
        Self { text: format!("{:.1}\u{a0}%", fraction * 100.0), bar: Some(fraction), ..Self::default() }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Table {
    pub(super) fn render(&self, out: &mut String) {
        let columns = self.rows.iter().map(Vec::len).chain([self.headers.len()]).max().unwrap_or(0);
        if columns == 0 {
            return;
        }
        let numeric: Vec<bool> = (0..columns).map(|c| self.is_numeric(c)).collect();
        let class = |c: usize| if numeric[c] { "n" } else { "" };
        // A caption inside the table would be as narrow as the table.
        out.push_str("<figure class=\"table\">");
        if !self.caption.is_empty() {
            out.push_str("<figcaption>");
            prose_into(&self.caption, out);
            out.push_str("</figcaption>");
        }
        out.push_str("<div class=\"scroll\" tabindex=\"0\"><table>");
        if !self.headers.is_empty() {
            out.push_str("<thead><tr>");
            for c in 0..columns {
                open("th scope=\"col\"", class(c), out);
                brief_into(self.headers.get(c).map_or("", String::as_str), out);
                out.push_str("</th>");
            }
            out.push_str("</tr></thead>");
        }
        out.push_str("<tbody>\n");
        for (r, row) in self.rows.iter().enumerate() {
            out.push_str(if self.highlight.contains(&r) { "<tr class=\"hot\">" } else { "<tr>" });
            for c in 0..columns {
                let blank = Cell::default();
                let cell = row.get(c).unwrap_or(&blank);
                let (tag, end) = if c == 0 { ("th scope=\"row\"", "</th>") } else { ("td", "</td>") };
                let long = if is_long(&cell.text) { " long" } else { "" };
                open(tag, &format!("{}{}{long}", class(c), cell.tone.class()), out);
                cell.render(out);
                out.push_str(end);
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table></div></figure>\n");
    }

    /// A column of numbers (and gaps) is set flush right, so that digits stand under digits.
    fn is_numeric(&self, column: usize) -> bool {
        let texts = || self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.trim());
        let gap = |t: &str| t.is_empty() || t == "–" || t == "-";
        texts().any(|t| !gap(t)) && texts().all(|t| gap(t) || reads_as_number(t))
    }
}

/// Whether a text starts like a number and has at most a unit of three letters (`97.9 %`, `−0.1`, `12.5 s`, `1×10⁻³`).
fn reads_as_number(text: &str) -> bool {
    let body = text.trim_start_matches(['+', '-', '−', '±', '<', '>', '≤', '≥', '≈', '~', ' ']);
    body.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && body.chars().filter(|c| c.is_alphabetic()).count() <= 3
        || matches!(body.to_ascii_lowercase().as_str(), "nan" | "inf" | "∞")
}

/// Whether a text is broken into lines rather than making its column wide.
fn is_long(text: &str) -> bool {
    text.chars().nth(32).is_some()
}

/// The longest path that is linked, in bytes.
const LINK: usize = 250;

/// Whether a link leads to a file in the page's own folder or below, and nowhere else.
fn is_beside(link: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.=/".contains(c);
    link.len() <= LINK
        && link.chars().all(plain)
        && link.split('/').all(|name| !matches!(name, "" | "." | ".."))
}

impl Cell {
    fn render(&self, out: &mut String) {
        match self.bar.filter(|b| b.is_finite()) {
            Some(bar) => {
                // The bar stands beside the digits: behind them it would take their contrast.
                out.push_str("<span class=\"measure\"><span class=\"meter\" style=\"--v:");
                out.push_str(&format!("{:.1}%", bar.clamp(0.0, 1.0) * 100.0));
                out.push_str("\"></span><span class=\"digits\">");
                brief_into(&self.text, out);
                out.push_str("</span></span>");
            }
            None if is_beside(&self.link) => {
                out.push_str(&format!("<a href=\"{}\">", self.link));
                brief_into(&self.text, out);
                out.push_str("</a>");
            }
            None => brief_into(&self.text, out),
        }
        if !self.note.is_empty() {
            out.push_str("<small>");
            brief_into(&self.note, out);
            out.push_str("</small>");
        }
    }
}

fn open(tag: &str, class: &str, out: &mut String) {
    out.push('<');
    out.push_str(tag);
    let class = class.trim();
    if !class.is_empty() {
        out.push_str(" class=\"");
        out.push_str(class);
        out.push('"');
    }
    out.push('>');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_recognised() {
        for number in
            ["97.9\u{a0}%", "−0.3", "12", "1.5 s", "≤ 3", ".5", "1×10⁻³", "NaN", "98.2 ± 0.3", "109,386"]
        {
            assert!(reads_as_number(number), "{number}");
        }
        for word in ["pgd", "", "40 steps of eps", "linf"] {
            assert!(!reads_as_number(word), "{word}");
        }
    }

    #[test]
    fn short_rows_are_filled_and_columns_aligned() {
        let table = Table {
            headers: vec!["attack".into(), "accuracy".into()],
            rows: vec![vec!["pgd".into(), Cell::percent(1.5)], vec!["none".into()]],
            highlight: vec![1],
            ..Table::default()
        };
        let mut out = String::new();
        table.render(&mut out);
        assert_eq!(out.matches("<td").count(), 2);
        assert!(out.contains("<th scope=\"col\" class=\"n\">accuracy"));
        let bar =
            out.find("class=\"meter\" style=\"--v:100.0%\"></span>").expect("a bar that holds no digits");
        assert!(bar < out.find("150.0").unwrap());
        assert!(out.contains("<tr class=\"hot\">"));
        let long = Cell {
            note: "1 – 2 %".into(),
            ..Cell::from("a text of many words that would make a table wide")
        };
        let mut out = String::new();
        Table { rows: vec![vec!["x".into(), long]], ..Table::default() }.render(&mut out);
        assert!(
            out.contains("<td class=\"long\">a text") && out.contains("<small>1 – 2 %</small></td>"),
            "{out}"
        );
        let mut linked = String::new();
        let cell = |link: &str| Cell { link: link.into(), ..Cell::from("x") };
        let links = ["cells/a=0.1-b/report.html", "javascript:x", "/etc", "../x", "a//b", "http://x", ""];
        Table { rows: vec![links.map(cell).to_vec()], ..Table::default() }.render(&mut linked);
        assert_eq!(linked.matches("<a ").count(), 1, "{linked}");
        assert!(linked.contains("<a href=\"cells/a=0.1-b/report.html\">x</a>"), "{linked}");
        let mut nothing = String::new();
        Table::default().render(&mut nothing);
        assert!(nothing.is_empty());
    }
}
