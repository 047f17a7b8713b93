//! Root-mean-square normalisation (Zhang and Sennrich 2019, arXiv:1910.07467), with PyTorch's semantics.
//!
//! y = x / √(mean of x² + eps) · weight; the mean over the last axes of each example

use super::{AXES, is_true, last_axes, present};
use crate::TorchArgument::{self, Is};
use crate::{AnyLayer, Cost, Cx, Layer, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError, Range};
use sparring_tensor::{Elem, Shape};

/// Input `[n, .., shape..]`; weight has the extents `shape`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RmsNorm {
    /// The last axes, over which the mean is taken (PyTorch's `normalized_shape`).
    pub shape: Vec<usize>,
    /// Added to the mean of the squares; without one, the distance from 1 to the next number of the element type.
    #[serde(default)]
    pub eps: Option<f64>,
    /// Whether there is a weight.
    #[serde(default = "present", skip_serializing_if = "is_true")]
    pub affine: bool,
}

impl Default for RmsNorm {
    fn default() -> Self {
        Self { shape: vec![1], eps: None, affine: true }
    }
}

sparring_math::named! {
    RmsNorm: "rms_norm", [], "Zhang and Sennrich 2019, arXiv:1910.07467";
    shape: AXES, "the last axes, over which the mean of squares is taken", required;
    eps: Range::above(0.0), "added to the mean of squares; none: the machine epsilon of the element type";
    affine: Range::TRUE_OR_FALSE, "whether there is a weight";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            super::axes(Self::NAME, &self.shape)
        }
    }
}

/// Root-mean-square normalisation over the last axes, with PyTorch's defaults.
pub fn rms_norm(shape: &[usize]) -> AnyLayer {
    RmsNorm { shape: shape.to_vec(), ..RmsNorm::default() }.into()
}

impl Layer for RmsNorm {
    const TORCH: &'static str = "nn.RMSNorm";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] =
        &[("normalized_shape", Is("shape")), ("elementwise_affine", Is("affine"))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        last_axes(Self::NAME, inputs[0], &self.shape)
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        super::standardized::scale_and_shift(&self.shape).into_iter().take(usize::from(self.affine)).collect()
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // The output, and as much for each operation on the way.
        Cost::of_output(5 * output.numel())
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let (shape, n) = (x[0].shape(), self.shape.iter().product::<usize>());
        let rows = shape.numel() / n;
        let y = ops::reshape(x[0], [rows, n]);
        let squares = ops::mean_to(ops::square(y), [rows, 1]);
        let y = y / ops::sqrt(ops::offset(squares, self.eps.map_or(E::EPSILON, E::of)));
        let y = ops::reshape(y, shape);
        p.first().map_or(y, |&weight| y * weight)
    }
}
