//! Layer normalisation (Ba et al. 2016, arXiv:1607.06450), with PyTorch's semantics.
//!
//! y = (x − mean) / √(var + eps) · weight + bias; mean and (biased) variance over the last axes of each example

use super::AXES;
use crate::TorchArgument::{self, Is, Only};
use crate::{AnyLayer, Cost, Cx, Layer, Lowering, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_math::named::{Named, NamedError, Range};
use sparring_tensor::{Elem, Shape};

/// Input `[n, .., shape..]`; weight and bias have the extents `shape`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerNorm {
    /// The last axes, over which statistics are taken (PyTorch's `normalized_shape`).
    pub shape: Vec<usize>,
    /// Added to the variance.
    #[serde(default = "default_eps")]
    pub eps: f64,
}

fn default_eps() -> f64 {
    LayerNorm::default().eps
}

impl Default for LayerNorm {
    fn default() -> Self {
        Self { shape: vec![1], eps: 1e-5 }
    }
}

sparring_math::named! {
    LayerNorm: "layer_norm", [], "Ba et al. 2016, arXiv:1607.06450";
    shape: AXES, "the last axes, over which statistics are taken", required;
    eps: Range::above(0.0), "added to the variance";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            super::axes(Self::NAME, &self.shape)
        }
    }
}

/// Layer normalisation over the last axes, with PyTorch's eps.
pub fn layer_norm(shape: &[usize]) -> AnyLayer {
    LayerNorm { shape: shape.to_vec(), ..LayerNorm::default() }.into()
}

impl LayerNorm {
    /// Numbers that are normalised together.
    fn numbers(&self) -> usize {
        self.shape.iter().product()
    }
}

impl Layer for LayerNorm {
    const TORCH: &'static str = "nn.LayerNorm";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("normalized_shape", Is("shape")),
        ("elementwise_affine", Only(&["true"])),
        ("bias", Only(&["true"])),
    ];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        super::last_axes(Self::NAME, inputs[0], &self.shape)
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        super::standardized::scale_and_shift(&self.shape)
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        Cost { mul_adds: 4 * output.numel() as u64, ..Cost::of_output(output.numel()) }
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        super::standardized::standardized(x[0], self.numbers(), self.eps) * p[0] + p[1]
    }
    fn lower(&self) -> Lowering {
        Lowering::LayerNorm { numbers: self.numbers(), eps: self.eps }
    }
}
