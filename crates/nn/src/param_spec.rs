//! What a layer says of its parameters.

use crate::Init;
use serde::{Deserialize, Serialize};

/// What a stored tensor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamKind {
    /// Weights of a linear map or convolution.
    Weight,
    /// Biases.
    Bias,
    /// Scale and shift of a normalisation.
    Norm,
    /// Parameters of a learnt activation; never decayed.
    Activation,
    /// Running statistics: stored, not trained.
    Buffer,
}

/// The first value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamInit {
    /// Drawn as weights `[out, in, ..]` are.
    Weight(Init),
    /// Drawn as the biases of a layer with this fan-in are.
    Bias(Init, usize),
    /// Drawn from the standard normal distribution.
    Normal,
    /// One number everywhere.
    Constant(f64),
    /// These numbers, over and over: at least one.
    Values(Vec<f64>),
}

/// A parameter that a layer asks for: PyTorch's name and layout.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamSpec {
    /// The name inside the layer: `weight`.
    pub name: &'static str,
    /// Extents.
    pub shape: Vec<usize>,
    /// What it is for.
    pub kind: ParamKind,
    /// Its first value.
    pub start: ParamInit,
    /// The axis that counts the outputs: 0, but 1 of a transposed convolution.
    pub output_axis: usize,
}

impl ParamSpec {
    /// A parameter.
    pub fn new(name: &'static str, kind: ParamKind, shape: &[usize], start: ParamInit) -> Self {
        Self { name, kind, shape: shape.to_vec(), start, output_axis: 0 }
    }
    /// Numbers that it holds, saturating.
    pub fn len(&self) -> usize {
        self.shape.iter().fold(1usize, |a, &b| a.saturating_mul(b))
    }
    /// It holds no number.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }
}
