//! Markdown tables.

/// A table; columns are padded, so that the text is readable too.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let cells = |row: &[String]| row.iter().map(|c| c.replace('|', "\\|")).collect::<Vec<_>>();
    let all: Vec<Vec<String>> = std::iter::once(header.iter().map(|h| (*h).to_string()).collect())
        .chain(rows.iter().map(|r| cells(r)))
        .collect();
    let mut text = String::new();
    for (i, row) in all.iter().enumerate() {
        text += &format!("| {} |\n", row.join(" | "));
        if i == 0 {
            text += &format!("|{}\n", "---|".repeat(header.len()));
        }
    }
    text
}

/// A piece of code or a formula.
pub fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// A number with at most four decimals.
pub fn number(x: f64) -> String {
    let text = format!("{x:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.').replace('-', "−");
    if text == "−0" { "0".into() } else { text }
}

/// A whole number with its thousands apart.
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_escaped() {
        let text = table(&["a", "b"], &[vec!["|x|".into(), "y".into()]]);
        assert_eq!(text, "| a | b |\n|---|---|\n| \\|x\\| | y |\n");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            (number(1.0).as_str(), number(-0.27846), number(-0.0)),
            ("1", "−0.2785".into(), "0".into())
        );
        assert_eq!(
            (count(5), count(1234), count(3_274_634)),
            ("5".into(), "1,234".into(), "3,274,634".into())
        );
    }
}
