//! SiLU: x·σ(x).
//!
//! value       f(x)   = x / (1 + e⁻ˣ)
//! derivative  f'(x)  = σ(x) + x σ(x) σ(−x)
//! without cancellation: at −a = −|x| f' = e (1 − a + e)/(1 + e)² with e = e⁻ᵃ, whose 1 − a is exact around the zero, as that of 1 − a σ(a) is not; on the right 1 less it
//! second      f''(x) = σ(x) σ(−x) (2 + x (1 − 2σ(x)))
//! source      Elfwing, Uchibe, Doya 2017, arXiv:1702.03118; Ramachandran, Zoph, Le 2017, arXiv:1710.05941
//! bounds      range [−0.27846, ∞) with the minimum at −1.2785, 1.0998-Lipschitz (at 2.3994), curvature ½ at 0, not monotone

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Smoothness};
use sparring_math::Real;
use sparring_math::named::Named;

/// f(x) = x σ(x).
///
/// ```
/// use sparring_activations::{Activation, Silu};
///
/// assert_eq!((Silu.f(0.0f32), Silu.df(0.0f32)), (0.0, 0.5));
/// assert_eq!(Silu.f(f32::NEG_INFINITY), 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Silu;

sparring_math::named! {
    Silu: "silu", [], "Elfwing et al. 2017, arXiv:1702.03118; Ramachandran et al. 2017, arXiv:1710.05941";
}

impl Configured for Silu {
    const DEFAULT: Self = Silu;
}

/// Facts that what is made of it shares.
impl Silu {
    /// Where f turns.
    pub(crate) const TURN: f64 = -1.278_464_542_761_074;
    /// f there, its minimum.
    pub(crate) const LEAST: f64 = -0.278_464_542_761_073_8;
    /// Where f' is largest, and minus where it is smallest.
    pub(crate) const STEEPEST: f64 = 2.399_357_280_515_467_7;
    /// The largest f'; the smallest is 1 less it.
    pub(crate) const LARGEST: f64 = 1.099_839_320_128_867;
}

turns! { Silu: extrema [Silu::TURN], bends [-Silu::STEEPEST, Silu::STEEPEST] }

impl<E: Real> Activation<E> for Silu {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Self::NAME,
            formula: "x / (1 + exp(-x))",
            source: Self::PAPER,
            range: (Some(Self::LEAST), None),
            lipschitz: Some(Self::LARGEST),
            curvature: Some(0.5),
            monotone: false,
            smoothness: Smoothness::Smooth,
            gain_forward,
            gain_backward,
            elsewhere: "Keras, JAX: also called swish; here that is the learnt one",
        }
    }

    fn name(&self) -> &'static str {
        Self::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        // σ is 0 below −800, and 0 · (−∞) would be NaN.
        let low = E::of(-800.0);
        (if x < low { low } else { x }) * x.sigmoid()
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let (a, top) = (x.abs(), E::of(800.0));
        let a = if a > top { top } else { a };
        let e = (-a).exp_nonpos();
        // (1 + e)² with one rounding where e is small.
        let square = e.madd(e + E::of(2.0), E::ONE);
        let left = e * ((E::ONE - a) + e) / square;
        if x > E::ZERO { E::ONE - left } else { left }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let a = x.abs().smaller(E::of(800.0));
        let e = (-x.abs()).exp_nonpos();
        let q = E::ONE + e;
        (e / (E::ONE + e * (E::of(2.0) + e))) * (E::of(2.0) - a * ((E::ONE - e) / q))
    }

    fused_slices!();
}
