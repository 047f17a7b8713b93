//! What can be wrong with an activation named in a configuration.

use std::fmt;

/// Why a text or a parameter makes no activation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ActivationError {
    /// No activation has this name.
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// The text is not of the form `name` or `name(value, parameter=value)`.
    Syntax {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A parameter has a value that makes no sense.
    Parameter {
        /// The activation.
        name: &'static str,
        /// The parameter.
        parameter: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        need: &'static str,
    },
}

impl fmt::Display for ActivationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ActivationError::Unknown { name } => {
                let names: Vec<_> = crate::AnyActivation::ALL.iter().map(|a| a.name()).collect();
                write!(f, "unknown activation {name:?}; there are {}", names.join(", "))
            }
            ActivationError::Syntax { text, reason } => {
                write!(f, "activation {text:?}: {reason}; write for example leaky_relu or leaky_relu(0.2)")
            }
            ActivationError::Parameter { name, parameter, value, need } => {
                write!(f, "activation {name}: {parameter} is {value}, must be {need}")
            }
        }
    }
}

impl std::error::Error for ActivationError {}

/// An error unless the value is finite and passes.
pub(crate) fn demand(
    name: &'static str,
    parameter: &'static str,
    value: f64,
    passes: bool,
    need: &'static str,
) -> Result<(), ActivationError> {
    if value.is_finite() && passes {
        Ok(())
    } else {
        Err(ActivationError::Parameter { name, parameter, value, need })
    }
}
