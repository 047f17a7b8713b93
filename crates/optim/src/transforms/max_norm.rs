//! Max-norm constraint: after each step, the weights of each unit to a norm of at most max.

use super::contract::{LIMIT, Seen, Transform, TransformInfo};
use crate::{Needs, WholeTensor, global_norm};
use sparring_math::Real;
use sparring_math::named::Named;

/// After the step of the rule, the weights of each unit (of one output) are scaled to a Euclidean norm of at most `max`: w ← w · max / (‖w‖ + 1e-7) where ‖w‖ is larger,
/// PyTorch's `renorm`. Groups without weight decay are left out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct MaxNorm {
    /// The limit, above 0.
    pub max: f64,
}

impl Default for MaxNorm {
    fn default() -> Self {
        Self { max: 3.0 }
    }
}

sparring_math::named! {
    MaxNorm: "max-norm", [], "Srivastava et al. 2014, JMLR 15";
    max: LIMIT, "largest Euclidean norm of the weights of one output";
}

impl MaxNorm {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "after each step, the weights of each output to a Euclidean norm of at most max",
    };
}

impl<E: Real> Transform<E> for MaxNorm {
    fn needs(&self) -> Needs {
        Needs::Tensor
    }
    fn decays(&self) -> bool {
        true
    }
    fn after_tensor(&self, of: WholeTensor<'_, E>, _: Seen, w: &mut [E], _: &mut [&mut [E]]) {
        for w in w.chunks_mut(of.rows()[1].max(1)) {
            let norm = global_norm([&*w]);
            if norm > self.max {
                let factor = E::of(self.max / (norm + 1e-7));
                w.iter_mut().for_each(|w| *w *= factor);
            }
        }
    }
}
