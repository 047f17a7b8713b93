//! Clipping by the global norm: g ← g · min(1, max / (‖all g‖₂ + 1e-6)).

use super::contract::{LIMIT, Seen, Transform, TransformInfo};
use super::norm::scale;
use crate::Needs;
use sparring_math::Real;
use sparring_math::named::Named;

/// All gradients together to a Euclidean norm of at most `max`; PyTorch's `clip_grad_norm_`, but that gradients of a norm that is not finite stay.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ClipNorm {
    /// The limit, above 0.
    pub max: f64,
}

impl Default for ClipNorm {
    fn default() -> Self {
        Self { max: 1.0 }
    }
}

sparring_math::named! {
    ClipNorm: "clip-norm", [], "Pascanu et al. 2013, arXiv:1211.5063";
    max: LIMIT, "largest Euclidean norm of all gradients together";
}

impl ClipNorm {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "all gradients together to a Euclidean norm of at most max",
    };
}

impl<E: Real> Transform<E> for ClipNorm {
    fn needs(&self) -> Needs {
        Needs::GlobalNorm
    }
    fn apply(&self, seen: Seen, _: &mut [E], g: &mut [E]) {
        scale(g, self.max, seen.norm);
    }
}
