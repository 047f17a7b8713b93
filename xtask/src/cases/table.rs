//! The table of results, for people and for machines.

use super::checks::{Checks, Verdict};
use super::row::Row;
use serde_json::{Value, json};

/// What a row came to.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The row.
    pub row: &'a Row,
    /// What was looked at.
    pub checks: Checks,
    /// What it comes to.
    pub verdict: Verdict,
    /// How long it took.
    pub seconds: f64,
}

/// Widths of the columns: id, done, came out, right, verdict.
const WIDTHS: [usize; 5] = [2, 30, 56, 32, 20];
const HEADS: [&str; 5] = ["id", "what was done", "came out", "right", "verdict"];

/// Each row in columns, its cells broken into lines.
pub fn plain(outcomes: &[Outcome<'_>]) -> String {
    let mut text = line(&HEADS.map(|h| vec![h.to_string()]));
    text += &line(&WIDTHS.map(|w| vec!["-".repeat(w)]));
    for o in outcomes {
        let cells = [
            o.row.id.to_string(),
            o.row.done.into(),
            o.checks.came_out(),
            o.row.right.into(),
            o.verdict.to_string(),
        ];
        let mut column = 0;
        text += &line(&cells.map(|cell| {
            column += 1;
            broken(&cell, WIDTHS[column - 1])
        }));
    }
    text + &sums(outcomes)
}

/// One line: how many rows are what.
pub fn sums(outcomes: &[Outcome<'_>]) -> String {
    let [right, wrong, skipped] = counts(outcomes);
    format!("{} rows: {right} right, {wrong} wrong, {skipped} skipped", outcomes.len())
}

fn counts(outcomes: &[Outcome<'_>]) -> [usize; 3] {
    let mut counts = [0; 3];
    for o in outcomes {
        counts[match o.verdict {
            Verdict::Right => 0,
            Verdict::Wrong => 1,
            Verdict::Skipped(_) => 2,
        }] += 1;
    }
    counts
}

/// One object with every check.
pub fn object(outcomes: &[Outcome<'_>]) -> Value {
    let rows = outcomes.iter().map(|o| {
        let checks = o.checks.all.iter();
        let checks = checks.map(|c| json!({ "what": c.what, "came_out": c.came_out, "right": c.right }));
        let (verdict, why) = match &o.verdict {
            Verdict::Right => ("right", None),
            Verdict::Wrong => ("wrong", None),
            Verdict::Skipped(why) => ("skipped", Some(why)),
        };
        json!({
            "id": o.row.id, "done": o.row.done, "came_out": o.checks.came_out(), "right": o.row.right, "verdict": verdict,
            "why": why, "checks": checks.collect::<Vec<_>>(), "not_tried": o.checks.left_out, "seconds": o.seconds,
        })
    });
    let rows: Vec<_> = rows.collect();
    let [right, wrong, skipped] = counts(outcomes);
    json!({ "rows": rows, "right": right, "wrong": wrong, "skipped": skipped })
}

/// The cells of a row side by side, as many lines as the longest needs.
fn line(cells: &[Vec<String>; 5]) -> String {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let mut text = String::new();
    for i in 0..height {
        let parts = cells.iter().zip(WIDTHS).map(|(cell, width)| {
            let part = cell.get(i).map_or("", String::as_str);
            format!("{part:<width$}")
        });
        text += parts.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// Text in lines of at most `width` characters, broken at spaces where there are some.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            let last = lines.last_mut().expect("there is always a line");
            let used = last.chars().count();
            let room = width.saturating_sub(used + usize::from(used > 0));
            if word.len() <= room || used == 0 {
                let take = word.len().min(room);
                if used > 0 {
                    last.push(' ');
                }
                last.extend(word.drain(..take));
            } else {
                lines.push(String::new());
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::ROWS;
    use super::*;

    fn outcome(row: usize, right: bool) -> Outcome<'static> {
        let mut checks = Checks::default();
        checks.that("a long name of a thing that was looked at, over more than one line", 7, right);
        let verdict = checks.verdict();
        Outcome { row: &ROWS[row], checks, verdict, seconds: 1.0 }
    }

    #[test]
    fn words_are_broken_at_spaces_and_long_ones_anywhere() {
        assert_eq!(broken("a bc defghij k", 4), ["a bc", "defg", "hij", "k"]);
        assert_eq!(broken("", 4), [""]);
    }

    #[test]
    fn each_row_stands_in_its_columns() {
        let text = plain(&[outcome(0, true), outcome(35, false)]);
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].starts_with("id  what was done"));
        assert!(
            lines[2].starts_with("1   train autoencoder on two") && lines[2].ends_with("right"),
            "{text}"
        );
        assert!(lines.iter().any(|l| l.starts_with("36") && l.ends_with("wrong")), "{text}");
        assert!(
            lines.iter().all(|l| l.chars().count() <= WIDTHS.iter().sum::<usize>() + 8 && *l == l.trim_end())
        );
        assert_eq!(*lines.last().unwrap(), "2 rows: 1 right, 1 wrong, 0 skipped");
    }

    #[test]
    fn machines_get_every_check() {
        let object = object(&[outcome(4, false)]);
        assert_eq!((object["wrong"].as_u64(), object["rows"][0]["id"].as_u64()), (Some(1), Some(5)));
        assert_eq!(object["rows"][0]["verdict"], "wrong");
        assert_eq!(object["rows"][0]["checks"][0]["right"], false);
    }
}
