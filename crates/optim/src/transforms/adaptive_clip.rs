//! Adaptive clipping: the gradient of a unit to at most a share of the norm of its weights.

use super::contract::{LIMIT, Seen, Transform, TransformInfo, assert_lengths};
use crate::{Needs, WholeTensor, global_norm};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// The gradient of each unit (the weights of one output; a bias or gain as a whole) to a Euclidean norm of at most clipping · max(‖w‖, eps), w being the unit's weights.
///
/// The authors' program: g ← g · clipping · max(‖w‖, eps) / max(‖g‖, 1e-6) where ‖g‖ is larger than the limit. They leave the last layer out; groups have no kind for that.
/// A gradient whose norm is not finite stays as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct AdaptiveClip {
    /// Largest norm of a gradient over that of the weights, above 0.
    pub clipping: f64,
    /// Norms of weights count as this at least, above 0.
    pub eps: f64,
}

impl Default for AdaptiveClip {
    fn default() -> Self {
        Self { clipping: 0.01, eps: 1e-3 }
    }
}

sparring_math::named! {
    AdaptiveClip: "agc", ["adaptive-clip"], "Brock et al. 2021, arXiv:2102.06171";
    clipping: LIMIT, "largest norm of a unit's gradient over that of its weights";
    eps: Range::above(0.0).in_f32(), "norm of a unit's weights that counts at least";
}

impl AdaptiveClip {
    /// Name and facts.
    pub const INFO: TransformInfo = TransformInfo {
        name: Self::NAME,
        about: "the gradient of each unit to at most a share of the norm of its weights",
    };
}

impl<E: Real> Transform<E> for AdaptiveClip {
    fn needs(&self) -> Needs {
        Needs::Tensor
    }
    #[track_caller]
    fn apply_tensor(&self, of: WholeTensor<'_, E>, _: Seen, w: &mut [E], g: &mut [E]) {
        assert_lengths(Self::NAME, w, g);
        let columns = of.rows()[1].max(1);
        for (w, g) in w.chunks(columns).zip(g.chunks_mut(columns)) {
            let (limit, norm) = (self.clipping * global_norm([w]).max(self.eps), global_norm([&*g]));
            if norm > limit && norm.is_finite() {
                let factor = E::of(limit / norm.max(1e-6));
                g.iter_mut().for_each(|g| *g *= factor);
            }
        }
    }
}
