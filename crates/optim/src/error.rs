//! What can be wrong with a configuration.

use std::fmt;

/// A rule or schedule cannot be used as configured.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OptimError {
    /// No rule or schedule has this name.
    UnknownName {
        /// What kind of thing was asked for: `rule` or `schedule`.
        kind: &'static str,
        /// The name asked for.
        asked: String,
        /// The names there are, separated by commas.
        known: String,
    },
    /// The text is not of the form `name` or `name(key=value, ..)`.
    Syntax {
        /// What kind of thing was asked for: `rule` or `schedule`.
        kind: &'static str,
        /// The text.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A parameter has a value it cannot have.
    Parameter {
        /// The rule or schedule, and the field: `adam.beta1`.
        field: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
    /// The points of a piecewise-linear schedule make no curve.
    Points {
        /// What is wrong with them.
        why: String,
    },
}

impl fmt::Display for OptimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName { kind, asked, known } => {
                write!(f, "no {kind} is called `{asked}`; choose one of: {known}")
            }
            Self::Syntax { kind, text, why } => {
                let like =
                    if *kind == "rule" { "sgd(momentum=0.9, nesterov=true)" } else { "cosine(warmup=0.1)" };
                write!(f, "{kind} `{text}`: {why}; write it like `{like}`")
            }
            Self::Parameter { field, value, must } => write!(f, "{field} is {value}, but must be {must}"),
            Self::Points { why } => {
                write!(
                    f,
                    "piecewise schedule: {why}; write it like `piecewise(0=0, 0.4=1, 1=0)` (progress=factor)"
                )
            }
        }
    }
}

impl std::error::Error for OptimError {}

/// `Ok` if `allowed`; the comparison of the caller must be false for NaN.
pub(crate) fn require(
    allowed: bool,
    field: &'static str,
    value: f64,
    must: &'static str,
) -> Result<(), OptimError> {
    if allowed { Ok(()) } else { Err(OptimError::Parameter { field, value, must }) }
}

/// `Ok` for a decay factor of a moment: in [0, 1), in `f32` too.
pub(crate) fn require_memory(field: &'static str, value: f64) -> Result<(), OptimError> {
    // f32 has nothing between 0.99999994 and 1.
    require(value >= 0.0 && (value as f32) < 1.0, field, value, "in [0, 1), in f32 too")
}

/// `Ok` for a weight decay: 0 or above, in `f32` too.
pub(crate) fn require_decay(field: &'static str, value: f64) -> Result<(), OptimError> {
    let allowed = (0.0..=f64::from(f32::MAX)).contains(&value);
    require(allowed, field, value, "0 or above, and in the range of f32")
}
