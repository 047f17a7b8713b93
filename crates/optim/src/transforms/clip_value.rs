//! Clipping element by element: g ← min(max(g, −limit), limit).

use super::contract::{LIMIT, Seen, Transform, TransformInfo};
use sparring_math::Real;
use sparring_math::named::Named;

/// Every element of a gradient to [−limit, limit]; PyTorch's `clip_grad_value_`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct ClipValue {
    /// The limit, above 0.
    pub limit: f64,
}

impl Default for ClipValue {
    fn default() -> Self {
        Self { limit: 1.0 }
    }
}

sparring_math::named! {
    ClipValue: "clip-value", [], "Mikolov 2012, Statistical language models based on neural networks";
    limit: LIMIT, "largest size of an element of the gradient";
}

impl ClipValue {
    /// Name and facts.
    pub const INFO: TransformInfo =
        TransformInfo { name: Self::NAME, about: "every element of the gradient to [-limit, limit]" };
}

impl<E: Real> Transform<E> for ClipValue {
    fn apply(&self, _: Seen, _: &mut [E], g: &mut [E]) {
        clip_value(g, E::of(self.limit));
    }
}

/// Clips every element to `[-limit, limit]`; NaN stays NaN.
///
/// # Panics
/// If `limit` is negative or NaN.
#[track_caller]
pub fn clip_value<E: Real>(g: &mut [E], limit: E) {
    assert!(limit >= E::ZERO, "clip_value: limit {limit} is not 0 or above");
    for g in g {
        // Two selects with the value on the false side: NaN passes.
        let low = if *g < -limit { -limit } else { *g };
        *g = if low > limit { limit } else { low };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_clipped() {
        let mut g = [-3.0f32, -1.0, 0.5, 7.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
        clip_value(&mut g, 2.0);
        assert_eq!(g[..6], [-2.0, -1.0, 0.5, 2.0, 2.0, -2.0]);
        assert!(g[6].is_nan());
    }
}
