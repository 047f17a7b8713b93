//! Columns that line up, for people.

use sparring::store::terminal::shown;

/// Most characters of a cell, and of the value beside a name: they may come from a file.
const CELL: usize = 160;
const VALUE: usize = 400;

/// Rows under headers, each column as wide as its widest cell; columns of numbers are set flush right. No line ends in
/// spaces.
pub(crate) fn table(headers: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| shown(cell, CELL)).collect()).collect();
    let width = |c: usize| {
        let cells = rows.iter().filter_map(|row| row.get(c)).map(|cell| cell.chars().count());
        cells.chain([headers[c].chars().count()]).max().unwrap_or(0)
    };
    let right = |c: usize| {
        let mut cells = rows.iter().filter_map(|row| row.get(c)).filter(|cell| *cell != "-").peekable();
        cells.peek().is_some() && cells.all(|cell| cell.replace(',', "").parse::<f64>().is_ok())
    };
    let form: Vec<(usize, bool)> = (0..headers.len()).map(|c| (width(c), right(c))).collect();
    let line =
        |cells: &mut dyn Iterator<Item = &str>| {
            let padded = cells.zip(&form).map(|(cell, &(width, right))| {
                if right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
            });
            padded.collect::<Vec<_>>().join("  ").trim_end().to_string()
        };
    let mut lines = vec![line(&mut headers.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines.join("\n")
}

/// Names and values, one a line.
pub(crate) fn facts(pairs: &[(String, String)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (shown(name, CELL), shown(value, VALUE))).collect();
    let width = pairs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(14);
    let line = |(name, value): &(String, String)| format!("{name:<width$}  {value}").trim_end().to_string();
    pairs.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Thousands set apart: 12345 as `12,345`.
pub(crate) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// So many things, in words: `1 image`, `2 images`.
pub(crate) fn counted(n: usize, thing: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{n} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows =
            [["a", "1", "x"], ["long", "-", ""], ["b", "123", "yy"]].map(|r| r.map(String::from).to_vec());
        assert_eq!(table(&["name", "n", "é"], &rows), "name    n  é\na       1  x\nlong    -\nb     123  yy");
    }

    #[test]
    fn text_from_a_file_is_escaped_and_shortened() {
        let long = "a".repeat(70_000);
        let rows = vec![vec![long.clone(), "x\u{1b}[2J\n".to_string()]];
        let pairs = [(long.clone(), long)];
        for text in [table(&["name", "value"], &rows), facts(&pairs)] {
            assert!(text.lines().all(|l| l.chars().count() <= CELL + VALUE + 2), "{} bytes", text.len());
            assert!(!text.contains('\u{1b}'));
        }
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
