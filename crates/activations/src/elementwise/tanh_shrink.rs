//! Tanh shrink: x − tanh x.
//!
//! value       f(x)   = x − tanh x; near 0, where the difference would cancel, by seven levels of Lambert's continued fraction for tanh
//! derivative  f'(x)  = tanh² x
//! second      f''(x) = 2 tanh x (1 − tanh² x)
//! bounds      range ℝ, 1-Lipschitz, curvature 4/(3√3) at ±0.6585, monotone
//! source      torch.nn.Tanhshrink

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = x − tanh x.
///
/// ```
/// use sparring_activations::{Activation, TanhShrink};
///
/// assert!((TanhShrink.f(1.0f64) - 0.238_405_844_044_234_9).abs() < 1e-15);
/// assert!((TanhShrink.f(1e-3f32) / 3.333_332e-10 - 1.0).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TanhShrink;

sparring_math::named! {
    TanhShrink: "tanh_shrink", [], "torch.nn.Tanhshrink";
}

impl Configured for TanhShrink {
    const DEFAULT: Self = TanhShrink;
}

turns! { TanhShrink: extrema [], bends [0.0] }

impl<E: Real> Activation<E> for TanhShrink {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x - tanh(x)",
            source: Self::PAPER,
            range: (None, None),
            lipschitz: Some(1.0),
            curvature: Some(0.769_800_358_919_501),
            monotone: true,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: "",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let far = x - x.tanh();
        let z = x * x;
        let p = |c: [f64; 4]| E::of(c[3]).madd(z, E::of(c[2])).madd(z, E::of(c[1])).madd(z, E::of(c[0]));
        // (Q − P) / Q for tanh x ≈ x P/Q.
        let near = x
            * z
            * (E::of(27.0).madd(z, E::of(2772.0)).madd(z, E::of(45045.0))
                / p([135_135.0, 62_370.0, 3150.0, 28.0]));
        // As far as the fraction is exact in the type.
        let reach = if E::EPSILON < E::of(1e-9) { E::of(0.35) } else { E::of(1.75) };
        if x.abs() < reach { near } else { far }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let t = x.tanh();
        t * t
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let (t, e) = (x.tanh(), (-E::of(2.0) * x.abs()).exp_nonpos());
        // 1 − tanh² = 4 e^(−2|x|) / (1 + e^(−2|x|))², with all digits far out.
        let q = E::ONE / (E::ONE + e);
        E::of(8.0) * t * (e * q * q)
    }

    fused_slices!();
}
