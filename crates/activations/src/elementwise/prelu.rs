//! PReLU (parametric ReLU): leaky ReLU with a learnt slope.
//!
//! value       f(x)   = x for x > 0, a x for x ≤ 0
//! derivative  f'(x)  = 1 for x > 0, a for x ≤ 0 (PyTorch's convention at the kink)
//! second      f''(x) = 0
//! parameter   a = `slope`, starts at 0.25; ∂f/∂a = min(x, 0), ∂f'/∂a = 1 for x ≤ 0, ∂²f/∂a² = 0. Exclude it from weight decay
//! source      He, Zhang, Ren, Sun 2015, arXiv:1502.01852
//! bounds      range ℝ (a > 0) or [0, ∞), max(1, |a|)-Lipschitz, curvature 0 apart from the kink at 0, monotone for a ≥ 0

use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Parametric, Smoothness, Trainable};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = x for x > 0, `slope`·x elsewhere, the slope being learnt. `S` is the type that the slope is kept in: `f64` as data,
/// the type of the network in a layer ([`Trainable`] of `E` is `Prelu<E>`).
///
/// ```
/// use sparring_activations::{Activation, Prelu, Sharing, Trainable};
///
/// let prelu = Prelu::<f32>::default();
/// assert_eq!(prelu.f(-2.0), -0.5);
/// let (mut dx, mut dp) = ([0.0; 2], [0.0]);
/// prelu.backward_with(&[0.5], Sharing::WHOLE, &[-2.0, 3.0], &[1.0, 10.0], &mut dx, &mut dp);
/// assert_eq!((dx, dp), ([0.5, 10.0], [-2.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prelu<S = f64> {
    /// The slope on the left, at first 0.25.
    pub slope: S,
}

impl<S: Real> Default for Prelu<S> {
    fn default() -> Self {
        Prelu { slope: S::of(0.25) }
    }
}

impl<S: Real> Prelu<S> {
    /// The slope in the type of the input; exact where the types agree.
    #[inline(always)]
    fn slope<E: Real>(&self) -> E {
        E::of(self.slope.to_f64())
    }
}

sparring_math::named! {
    Prelu: "prelu", [], "He, Zhang, Ren, Sun 2015, arXiv:1502.01852";
    slope: Range::FINITE.in_f32(), "slope on the left at first; learnt";
}

impl Configured for Prelu {
    const DEFAULT: Self = Prelu { slope: 0.25 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(Box::new(Prelu { slope: E::of(self.slope) }))
    }
}

turns! { <S> Prelu<S>: |_a, _l, _u| extrema [], bends [0.0] }

impl<E: Real, S: Real> Activation<E> for Prelu<S> {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        let slope = self.slope.to_f64();
        About {
            name: Prelu::<f64>::NAME,
            formula: "x if x > 0, slope * x otherwise, slope learnt",
            source: Prelu::<f64>::PAPER,
            range: (if slope > 0.0 { None } else { Some(0.0) }, None),
            lipschitz: Some(slope.abs().max(1.0)),
            curvature: Some(0.0),
            monotone: slope >= 0.0,
            smoothness: if slope == 1.0 { Smoothness::Smooth } else { Smoothness::C0 },
            gain_forward,
            gain_backward,
            elsewhere: "Keras: starts at 0, one slope an element",
        }
    }

    fn name(&self) -> &'static str {
        Prelu::<f64>::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let slope = self.slope::<E>();
        // At slope 0 the limit at −∞ is 0, but 0 · (−∞) would be NaN.
        let left = if slope == E::ZERO { x.larger(-E::MAX) } else { x };
        if x > E::ZERO { x } else { slope * left }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let left: E = self.slope();
        let derivative = if x > E::ZERO { E::ONE } else { left };
        if x.is_nan() { x } else { derivative }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        if x.is_nan() { x } else { E::ZERO }
    }

    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        // The value has the sign of x, unless the slope hides it.
        (self.slope > S::ZERO).then(|| self.df(y))
    }

    fused_slices!();
}

impl<E: Real> Parametric<E> for Prelu<E> {
    const COUNT: usize = 1;
    type With<F: Real> = Prelu<F>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Prelu<F> {
        Prelu { slope: p[0] }
    }

    fn write(&self, p: &mut [E]) {
        p[0] = self.slope;
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        out[0] = if x > E::ZERO { E::ZERO } else { x };
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        let left = if x > E::ZERO { E::ZERO } else { E::ONE };
        out[0] = if x.is_nan() { x } else { left };
    }

    #[inline(always)]
    fn d2params(&self, x: E, _: &[E], out: &mut [E]) {
        out[0] = if x.is_nan() { x } else { E::ZERO };
    }
}
