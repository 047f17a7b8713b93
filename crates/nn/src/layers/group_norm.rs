//! Group normalisation (Wu and He 2018, arXiv:1803.08494), with PyTorch's semantics.
//!
//! y = (x − mean) / √(var + eps) · weight + bias; mean and (biased) variance of each group of neighbouring channels, over its channels and pixels, of each example;
//! weight and bias of each channel

use super::standardized::{scale_and_shift, scaled_and_shifted, standardized, with_channels};
use super::{is_true, present};
use crate::TorchArgument::{self, Is};
use crate::{AnyLayer, Cost, Cx, Layer, ParamSpec, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_math::named::{Named, NamedError, Range};
use sparring_tensor::{Elem, Shape};

/// Input `[n, channels, ..]`; the same in training and in use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupNorm {
    /// Groups, a divisor of the channels.
    pub groups: usize,
    /// Channels.
    pub channels: usize,
    /// Added to the variance.
    #[serde(default = "default_eps")]
    pub eps: f64,
    /// Whether there are weight and bias.
    #[serde(default = "present", skip_serializing_if = "is_true")]
    pub affine: bool,
}

fn default_eps() -> f64 {
    GroupNorm::default().eps
}

impl Default for GroupNorm {
    fn default() -> Self {
        Self { groups: 1, channels: 1, eps: 1e-5, affine: true }
    }
}

sparring_math::named! {
    GroupNorm: "group_norm", [], "Wu and He 2018, arXiv:1803.08494";
    groups: Range::COUNT, "groups, a divisor of the channels", required;
    channels: Range::COUNT, "channels", required;
    eps: Range::above(0.0), "added to the variance";
    affine: Range::TRUE_OR_FALSE, "whether there are weight and bias";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            if self.channels.is_multiple_of(self.groups) {
                return Ok(());
            }
            let must = format!("a divisor of the channels, {}", self.channels);
            Err(NamedError::value(Self::NAME, "groups", self.groups, must))
        }
    }
}

/// Group normalisation with PyTorch's defaults.
pub fn group_norm(groups: usize, channels: usize) -> AnyLayer {
    GroupNorm { groups, channels, ..GroupNorm::default() }.into()
}

impl Layer for GroupNorm {
    const TORCH: &'static str = "nn.GroupNorm";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] =
        &[("num_groups", Is("groups")), ("num_channels", Is("channels"))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        with_channels(Self::NAME, inputs[0], self.channels)
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        if self.affine { scale_and_shift(&[self.channels]) } else { Vec::new() }
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // The output, and as much for each operation on the way.
        Cost::of_output(6 * output.numel())
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let each = x[0].shape().dims()[1..].iter().product::<usize>() / self.groups;
        scaled_and_shifted(standardized(x[0], each, self.eps), p)
    }
}
