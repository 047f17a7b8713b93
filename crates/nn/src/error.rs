//! What can go wrong with a network before it runs.

use sparring_tensor::Shape;
use thiserror::Error;

/// A shape a layer cannot take, with the layer's path.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{path}: {what}")]
pub struct ShapeError {
    /// Where: `5 (linear)`, outermost first.
    pub path: String,
    /// What was expected and what came.
    pub what: String,
}

impl ShapeError {
    /// An error at a layer of this kind.
    pub fn new(kind: &str, what: impl Into<String>) -> Self {
        Self { path: kind.to_string(), what: what.into() }
    }
    /// The same error seen from the layer's parent, which calls it `name`.
    #[must_use]
    pub fn inside(self, name: &str) -> Self {
        let joined = if self.path.contains('(') || self.path.contains('.') {
            format!("{name}.{}", self.path)
        } else {
            format!("{name} ({})", self.path)
        };
        Self { path: joined, what: self.what }
    }
}

/// Most numbers a layer may give for a batch in a dry run: 2³⁴, far past any memory, far below overflow.
const MOST: usize = 1 << 34;

/// The shape a layer gives, refused where it could only be a mistake or an attempt to overflow.
pub(crate) fn given(kind: &str, dims: &[usize]) -> Result<Shape, ShapeError> {
    match Shape::checked(dims) {
        Some(shape) if shape.numel() <= MOST => Ok(shape),
        _ => Err(ShapeError::new(kind, format!("an output of {dims:?} is more than any memory holds"))),
    }
}

/// Everything this crate can refuse.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum NnError {
    /// Shapes do not fit.
    #[error("layer {0}")]
    Shape(#[from] ShapeError),
    /// A number in a specification makes no sense.
    #[error("layer {layer}: {what}")]
    Spec {
        /// Name of the layer.
        layer: String,
        /// Field, value and what is allowed.
        what: String,
    },
    /// A batch larger than memory should be asked for.
    #[error("a batch of {batch} examples: this network allows {most} at a time; make it smaller")]
    Batch {
        /// Examples asked for.
        batch: usize,
        /// Most that may run at once.
        most: usize,
    },
    /// A gradient is infinite or NaN.
    #[error(
        "step {step}: the gradient of {name} is not finite; lower the learning rate or clip the gradient"
    )]
    NonFinite {
        /// Name of the parameter, so of the layer.
        name: String,
        /// The optimiser step, from 1.
        step: u64,
    },
    /// What a layer has learnt from a batch without a gradient is infinite or NaN.
    #[error("step {step}: the statistics of the batch for {name} are not finite; lower the learning rate")]
    Statistics {
        /// Name of the buffer, so of the layer.
        name: String,
        /// The optimiser step, from 1.
        step: u64,
    },
    /// A state of a training that does not belong here.
    #[error("this state is of another training: {0}")]
    State(String),
}
