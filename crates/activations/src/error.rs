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

/// An error unless the value is finite in `f32`, in which networks use it, and passes.
pub(crate) fn demand(
    name: &'static str,
    parameter: &'static str,
    value: f64,
    passes: bool,
    need: &'static str,
) -> Result<(), ActivationError> {
    let fits = !value.is_finite() || (value as f32).is_finite();
    match (fits, value.is_finite() && passes) {
        (true, true) => Ok(()),
        (true, false) => Err(ActivationError::Parameter { name, parameter, value, need }),
        (false, _) => {
            let need = "in the range of f32, up to 3.4e38 in size";
            Err(ActivationError::Parameter { name, parameter, value, need })
        }
    }
}

/// As [`demand`] for a value above 0 that is divided by: its inverse has to fit `f32`, too.
pub(crate) fn demand_divisor(
    name: &'static str,
    parameter: &'static str,
    value: f64,
) -> Result<(), ActivationError> {
    demand(name, parameter, value, value > 0.0, "a finite number above 0")?;
    let fits = (value as f32).is_normal() && ((1.0 / value) as f32).is_normal();
    let need = "in the range of f32 with its inverse, 1.2e-38 to 8.5e37";
    demand(name, parameter, value, fits, need)
}
