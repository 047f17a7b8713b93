//! What a row found, and what it comes to.

use super::ended::Ended;
use std::fmt;

/// Checks that a right row tells of.
const FEW: usize = 3;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What was looked at.
    pub what: String,
    /// What it was.
    pub came_out: String,
    /// Whether it is as it should be.
    pub right: bool,
}

/// Everything a row looked at.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    /// In the order they were made.
    pub all: Vec<Check>,
    /// Parts of the row that could not be tried, with the reason.
    pub left_out: Vec<String>,
}

/// Why a row, or the rest of it, could not be tried.
#[derive(Clone, Debug, PartialEq)]
pub enum NotTried {
    /// This machine lacks something that the product need not have.
    Skip(String),
    /// The product failed before the thing in question.
    Broken(String),
}

impl From<String> for NotTried {
    fn from(what: String) -> Self {
        Self::Broken(what)
    }
}

impl From<std::io::Error> for NotTried {
    fn from(e: std::io::Error) -> Self {
        Self::Broken(format!("it could not be tried: {e}"))
    }
}

/// What a row's function returns.
pub type Tried = Result<Checks, NotTried>;

/// What a row comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every check is right.
    Right,
    /// At least one is not.
    Wrong,
    /// It was not tried, and why.
    Skipped(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right => f.write_str("right"),
            Self::Wrong => f.write_str("wrong"),
            Self::Skipped(why) => write!(f, "skipped: {why}"),
        }
    }
}

impl Checks {
    /// Notes what was looked at, what it was, and whether that is right.
    pub fn that(&mut self, what: impl Into<String>, came_out: impl fmt::Display, right: bool) {
        self.all.push(Check { what: what.into(), came_out: came_out.to_string(), right });
    }

    /// Notes how a program ended and whether that is right.
    pub fn ended(&mut self, what: &str, ended: &Ended, right: bool) {
        self.that(what, ended.brief(), right);
    }

    /// Notes a part that could not be tried.
    pub fn left_out(&mut self, what: impl Into<String>) {
        self.left_out.push(what.into());
    }

    /// The verdict over all checks; a row that checked nothing is wrong, or skipped if it says why.
    pub fn verdict(&self) -> Verdict {
        match (self.all.is_empty(), self.left_out.is_empty()) {
            (true, false) => Verdict::Skipped(self.left_out.join("; ")),
            (false, _) if self.all.iter().all(|c| c.right) => Verdict::Right,
            _ => Verdict::Wrong,
        }
    }

    /// What came out, in a sentence: the wrong checks if there are any, else the first few.
    pub fn came_out(&self) -> String {
        let wrong: Vec<_> = self.all.iter().filter(|c| !c.right).collect();
        let told = |c: &Check| format!("{}: {}", c.what, c.came_out);
        let mut parts: Vec<String> = if wrong.is_empty() {
            self.all.iter().take(FEW).map(told).collect()
        } else {
            let sum = format!("{} of {} checks wrong", wrong.len(), self.all.len());
            std::iter::once(sum).chain(wrong.iter().copied().map(told)).collect()
        };
        if wrong.is_empty() && self.all.len() > FEW {
            parts.push(format!("{} more, all right", self.all.len() - FEW));
        }
        parts.extend(self.left_out.iter().map(|what| format!("not tried: {what}")));
        parts.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_check_makes_the_row_wrong() {
        let mut checks = Checks::default();
        assert_eq!(checks.verdict(), Verdict::Wrong, "a row without checks proves nothing");
        checks.that("a", 1, true);
        assert_eq!((checks.verdict(), checks.came_out()), (Verdict::Right, "a: 1".into()));
        checks.that("b", 2, false);
        assert_eq!(checks.verdict(), Verdict::Wrong);
        assert_eq!(checks.came_out(), "1 of 2 checks wrong; b: 2");
    }

    #[test]
    fn a_right_row_is_told_in_short() {
        let mut checks = Checks::default();
        (0..5).for_each(|i| checks.that("a", i, true));
        assert_eq!(checks.came_out(), "a: 0; a: 1; a: 2; 2 more, all right");
    }

    #[test]
    fn what_was_left_out_is_told() {
        let mut checks = Checks::default();
        checks.left_out("no disk");
        assert_eq!(checks.verdict(), Verdict::Skipped("no disk".into()));
        checks.that("a", 1, true);
        assert_eq!(
            (checks.verdict(), checks.came_out()),
            (Verdict::Right, "a: 1; not tried: no disk".into())
        );
    }
}
