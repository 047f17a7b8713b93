//! What can be wrong with a name or a parameter.

use std::fmt;

/// Why a text or a value makes no thing of a family. Every message is one line that says the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamedError {
    /// Nothing has this name.
    Unknown {
        /// The kind of thing: `activation`, `optimizer`.
        kind: &'static str,
        /// The name asked for.
        asked: String,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
        /// The names there are.
        known: Vec<&'static str>,
    },
    /// The text is not of the form `name` or `name(key=value, ..)`.
    Syntax {
        /// The kind of thing.
        kind: &'static str,
        /// The text.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// The thing has no such parameter.
    NoParameter {
        /// The name of the thing.
        thing: &'static str,
        /// The parameter, or the value without one.
        asked: String,
        /// The parameter that was probably meant.
        nearest: Option<&'static str>,
        /// The parameters it has.
        known: Vec<&'static str>,
    },
    /// A parameter is given twice.
    Twice {
        /// The name of the thing.
        thing: &'static str,
        /// The parameter.
        parameter: &'static str,
    },
    /// A parameter that has no default is not given.
    Missing {
        /// The name of the thing.
        thing: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// What it must be.
        must: String,
    },
    /// A parameter has a value that it cannot have.
    Value {
        /// The name of the thing.
        thing: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// The value.
        value: String,
        /// What it must be.
        must: String,
    },
    /// The text of a parameter is none of its values, for a reason of the value's own.
    Inner {
        /// The name of the thing.
        thing: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// The reason.
        why: String,
    },
}

impl NamedError {
    /// A value that the thing cannot have.
    pub fn value(
        thing: &'static str,
        parameter: &'static str,
        value: impl fmt::Display,
        must: impl fmt::Display,
    ) -> Self {
        Self::Value { thing, parameter, value: value.to_string(), must: must.to_string() }
    }
    /// The parameter that this is about, if it is about the value of one.
    pub fn parameter(&self) -> Option<&'static str> {
        match self {
            Self::Value { parameter, .. }
            | Self::Inner { parameter, .. }
            | Self::Twice { parameter, .. }
            | Self::Missing { parameter, .. } => Some(parameter),
            _ => None,
        }
    }
}

/// Text of others in a message: escaped, and no longer than a line.
fn told(text: &str) -> String {
    const MOST: usize = 80;
    let short: String = text.chars().take(MOST).collect();
    let rest = if short.len() < text.len() { " .." } else { "" };
    format!("`{}`{rest}", short.escape_debug().to_string().replace("\\'", "'"))
}

/// The word that was probably meant, as a question.
fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |word| format!(" (did you mean `{word}`?)"))
}

impl fmt::Display for NamedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { kind, asked, nearest, known } => {
                let (asked, meant, known) = (told(asked), meant(*nearest), known.join(", "));
                write!(f, "no {kind} is called {asked}{meant}; choose one of: {known}")
            }
            Self::Syntax { kind, text, why } => {
                write!(f, "{kind} {}: {why}; write `name` or `name(key=value, ..)`", told(text))
            }
            Self::NoParameter { thing, asked, nearest, known } => {
                let has = match known[..] {
                    [] => "it has none".to_owned(),
                    _ => format!("it has: {}", known.join(", ")),
                };
                write!(f, "{thing} has no parameter {}{}; {has}", told(asked), meant(*nearest))
            }
            Self::Twice { thing, parameter } => write!(f, "{thing}.{parameter} is given twice"),
            Self::Missing { thing, parameter, must } => write!(f, "{thing}.{parameter} is missing: {must}"),
            Self::Value { thing, parameter, value, must } => {
                let value = told(value);
                let value = value.trim_matches('`');
                write!(f, "{thing}.{parameter} is {value}, but must be {must}")
            }
            Self::Inner { thing, parameter, why } => write!(f, "{thing}.{parameter}: {why}"),
        }
    }
}

impl std::error::Error for NamedError {}

/// The shortest text that reads as this number, without long rows of zeros.
pub(super) fn plain(v: f64) -> String {
    if v == 0.0 || (1e-5..1e15).contains(&v.abs()) || !v.is_finite() {
        v.to_string()
    } else {
        format!("{v:e}")
    }
}
