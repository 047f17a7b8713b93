//! Probabilities of classes, or their logarithms. A classifier that is trained or attacked gives logits instead.
//!
//! pᵢ = e^{xᵢ} / Σⱼ e^{xⱼ}; the logarithm: xᵢ − ln Σⱼ e^{xⱼ}

use crate::TorchArgument::{self, Only};
use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_activations::RowActivation;
use sparring_activations::rows::{LogSoftmax, SoftmaxRows};
use sparring_autograd::{Var, ops};
use sparring_math::named::Range;
use sparring_tensor::{Array, Elem, Shape};
use std::borrow::Cow;

/// `[n, k]` to `[n, k]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Softmax {
    /// Whether the logarithm is taken.
    #[serde(default)]
    pub log: bool,
}

/// Probabilities.
pub fn softmax() -> AnyLayer {
    Softmax { log: false }.into()
}

/// Logarithms of probabilities.
pub fn log_softmax() -> AnyLayer {
    Softmax { log: true }.into()
}

sparring_math::named! {
    Softmax: "softmax", [], "Bridle 1990, Neurocomputing";
    log: Range::TRUE_OR_FALSE, "whether the logarithm is taken";
}

/// Over all widths.
fn lipschitz(of: &impl RowActivation<f64>) -> Option<f64> {
    of.about_rows().lipschitz
}

impl Layer for Softmax {
    const TORCH: &'static str = "nn.Softmax, nn.LogSoftmax";
    const SHORT: &'static [(&'static str, (&'static str, &'static str))] =
        &[("log_softmax", ("log", "true"))];
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[("dim", Only(&["1", "-1"]))];
    fn kind(&self) -> Cow<'static, str> {
        if self.log { "log_softmax".into() } else { "softmax".into() }
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match inputs[0].dims() {
            [_, _] => Ok(inputs[0]),
            _ => Err(ShapeError::new(&self.kind(), format!("expected [batch, classes], got {}", inputs[0]))),
        }
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        Cost::of_output(3 * output.numel())
    }
    fn lipschitz(&self) -> Lipschitz {
        let constant = if self.log { lipschitz(&LogSoftmax) } else { lipschitz(&SoftmaxRows) };
        constant.map_or(Lipschitz::Unknown, Lipschitz::AtMost)
    }
    fn lipschitz_bound(&self, _: &[&Array<f32>], inputs: &[Shape]) -> Option<f64> {
        // I − 1pᵀ is a projection, whose norm is that of 1pᵀ, √n ‖p‖.
        if self.log { Some((inputs[0][1] as f64).sqrt()) } else { lipschitz(&SoftmaxRows) }
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        if self.log { ops::log_softmax(x[0]) } else { ops::softmax(x[0]) }
    }
}
