//! Instance normalisation (Ulyanov et al. 2016, arXiv:1607.08022), with PyTorch's semantics and defaults: no running statistics, no parameters.
//!
//! y = (x − mean) / √(var + eps) · weight + bias; mean and (biased) variance of each channel of each image over its pixels

use super::standardized::{scale_and_shift, scaled_and_shifted, standardized};
use super::{image, is_false};
use crate::TorchArgument::{self, Is, Only, Unused};
use crate::{AnyLayer, Cost, Cx, Layer, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_math::named::{Named, Range};
use sparring_tensor::{Elem, Shape};

/// Input `[n, channels, h, w]` of more than one pixel; the same in training and in use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceNorm {
    /// Channels.
    pub channels: usize,
    /// Added to the variance.
    #[serde(default = "default_eps")]
    pub eps: f64,
    /// Whether there are weight and bias.
    #[serde(default, skip_serializing_if = "is_false")]
    pub affine: bool,
}

fn default_eps() -> f64 {
    InstanceNorm::default().eps
}

impl Default for InstanceNorm {
    fn default() -> Self {
        Self { channels: 1, eps: 1e-5, affine: false }
    }
}

sparring_math::named! {
    InstanceNorm: "instance_norm", ["instance_norm2d"], "Ulyanov et al. 2016, arXiv:1607.08022";
    channels: Range::COUNT, "channels", required;
    eps: Range::above(0.0), "added to the variance";
    affine: Range::TRUE_OR_FALSE, "whether there are weight and bias";
}

/// Instance normalisation with PyTorch's defaults.
pub fn instance_norm(channels: usize) -> AnyLayer {
    InstanceNorm { channels, ..InstanceNorm::default() }.into()
}

impl Layer for InstanceNorm {
    const TORCH: &'static str = "nn.InstanceNorm2d";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] =
        &[("num_features", Is("channels")), ("momentum", Unused), ("track_running_stats", Only(&["false"]))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match image(Self::NAME, inputs[0], self.channels)? {
            [_, 1, 1] => Err(ShapeError::new(Self::NAME, "one pixel has no variance")),
            _ => Ok(inputs[0]),
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        if self.affine { scale_and_shift(&[self.channels]) } else { Vec::new() }
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // The output, and as much for each operation on the way.
        Cost::of_output(6 * output.numel())
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let [_, _, h, w] = x[0].shape().dims4();
        scaled_and_shifted(standardized(x[0], h * w, self.eps), p)
    }
}
