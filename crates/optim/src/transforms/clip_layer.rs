//! Clipping tensor by tensor: g ← g · min(1, max / (‖g‖₂ + 1e-6)).

use super::contract::{LIMIT, Seen, Transform, TransformInfo};
use super::norm::scale;
use crate::Needs;
use sparring_math::Real;
use sparring_math::named::Named;

/// The gradient of each parameter tensor to a Euclidean norm of at most `max`: PyTorch's `clip_grad_norm_` called for each parameter by itself.
///
/// Weight and bias of a layer are two tensors, each with its own norm.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ClipLayer {
    /// The limit, above 0.
    pub max: f64,
}

impl Default for ClipLayer {
    fn default() -> Self {
        Self { max: 1.0 }
    }
}

sparring_math::named! {
    ClipLayer: "clip-layer", [], "Pascanu et al. 2013, arXiv:1211.5063";
    max: LIMIT, "largest Euclidean norm of the gradient of a parameter tensor";
}

impl ClipLayer {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "the gradient of each parameter tensor to a Euclidean norm of at most max",
    };
}

impl<E: Real> Transform<E> for ClipLayer {
    fn needs(&self) -> Needs {
        Needs::TensorNorm
    }
    fn apply(&self, seen: Seen, _: &mut [E], g: &mut [E]) {
        scale(g, self.max, seen.norm);
    }
}
