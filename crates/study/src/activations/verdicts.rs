//! Whether a statement held.

/// What the figures say of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimVerdict {
    /// They say so.
    Held,
    /// They say the opposite.
    DidNotHold,
    /// The interval leaves both open.
    Undecided,
    /// The study has nothing that it could be seen from.
    NotTested,
}

impl ClaimVerdict {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::DidNotHold => "did not hold",
            Self::Undecided => "undecided",
            Self::NotTested => "not tested",
        }
    }
    /// Of a figure that is above `bound` where the statement holds, by its interval.
    pub(super) fn above(bound: f64, interval: Option<(f64, f64)>) -> Self {
        match interval {
            Some((low, _)) if low > bound => Self::Held,
            Some((_, high)) if high < bound => Self::DidNotHold,
            _ => Self::Undecided,
        }
    }
}

/// A statement about activations, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What is said.
    pub claim: String,
    /// By whom.
    pub source: &'static str,
    /// Whether it held here.
    pub verdict: ClaimVerdict,
    /// The figures behind it.
    pub evidence: Vec<String>,
}
