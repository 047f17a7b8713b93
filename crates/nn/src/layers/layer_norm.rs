//! Layer normalisation (Ba et al. 2016, arXiv:1607.06450), with PyTorch's semantics.
//!
//! y = (x − mean) / √(var + eps) · weight + bias; mean and (biased) variance over the last axes of each example

use super::AXES;
use crate::TorchArgument::{self, Is, Only};
use crate::{AnyLayer, Cost, Cx, Layer, Lowering, ParamInit, ParamKind, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
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
        let dims = inputs[0].dims();
        let fits = dims.len() > self.shape.len() && dims.ends_with(&self.shape);
        if fits {
            return Ok(inputs[0]);
        }
        let what = format!("expected [batch, .., {:?}], got {}", self.shape, inputs[0]);
        Err(ShapeError::new(Self::NAME, what))
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        let new =
            |name, value| ParamSpec::new(name, ParamKind::Norm, &self.shape, ParamInit::Constant(value));
        vec![new("weight", 1.0), new("bias", 0.0)]
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        Cost { mul_adds: 4 * output.numel() as u64, ..Cost::of_output(output.numel()) }
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let (shape, n) = (x[0].shape(), self.numbers());
        let rows = Shape::new(&[shape.numel() / n, n]);
        let (x, each) = (ops::reshape(x[0], rows), Shape::new(&[rows[0], 1]));
        let share = E::of(1.0 / n as f64);
        let centred = x - ops::scale(ops::sum_to(x, each), share);
        let var = ops::scale(ops::sum_to(ops::square(centred), each), share);
        let y = centred / ops::sqrt(ops::offset(var, E::of(self.eps)));
        let [weight, bias] = [0, 1].map(|i| ops::reshape(p[i], [1, n]));
        ops::reshape(y * weight + bias, shape)
    }
    fn lower(&self) -> Lowering {
        Lowering::LayerNorm { numbers: self.numbers(), eps: self.eps }
    }
}
