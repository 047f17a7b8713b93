//! PELU (parametric ELU): both sides learnt, and joined without a kink.
//!
//! value       f(x)   = c x for x > 0, a (eᶻ − 1) for x ≤ 0; c = a/b, z = x/b
//! derivative  f'(x)  = c for x > 0, c eᶻ for x ≤ 0
//! second      f''(x) = 0 for x ≥ 0, c/b eᶻ for x < 0
//! parameters  a = `a`, b = `b`, starting at 1. Right of 0: ∂f/∂a = z, ∂f/∂b = −c z, ∂f'/∂a = 1/b, ∂f'/∂b = −c/b; left: ∂f/∂a = eᶻ − 1,
//!             ∂f/∂b = −c z eᶻ, ∂f'/∂a = eᶻ/b, ∂f'/∂b = −c/b (1 + z) eᶻ. Below 0.1 each counts as 0.1 and has no gradient
//! source      Trottier, Giguère, Chaib-draa 2016, arXiv:1605.09332
//! bounds      range (−a, ∞), a/b-Lipschitz, curvature a/b² (left of 0), monotone

use super::elu::below_zero;
use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Parametric, Smoothness, Trainable};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = `a`/`b`·x for x > 0, `a`·(e^(x/`b`) − 1) elsewhere, both being learnt. `S` is the type that they are kept in.
///
/// ```
/// use sparring_activations::{Activation, Elu, Pelu};
///
/// assert_eq!(Pelu::<f64>::default().f(-2.0f64), Elu::default().f(-2.0f64));
/// assert_eq!(Pelu { a: 2.0, b: 0.5 }.f(3.0f32), 12.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pelu<S = f64> {
    /// Minus the limit on the left, at first 1.
    pub a: S,
    /// Scale of the exponential, at first 1.
    pub b: S,
}

/// The smallest value of a parameter that counts.
const LEAST: f64 = 0.1;

impl<S: Real> Default for Pelu<S> {
    fn default() -> Self {
        Pelu { a: S::ONE, b: S::ONE }
    }
}

/// A parameter in the type of the input, as it counts.
#[inline(always)]
fn counted<S: Real, E: Real>(p: S) -> E {
    let (p, least) = (E::of(p.to_f64()), E::of(LEAST));
    if p < least { least } else { p }
}

impl<S: Real> Pelu<S> {
    /// a, 1/b and a/b.
    #[inline(always)]
    fn numbers<E: Real>(&self) -> [E; 3] {
        let (a, b) = (counted::<S, E>(self.a), counted::<S, E>(self.b));
        [a, E::ONE / b, a / b]
    }
}

sparring_math::named! {
    Pelu: "pelu", [], "Trottier, Giguère, Chaib-draa 2016, arXiv:1605.09332";
    a: Range::from_to(LEAST, 1e18).in_f32(), "minus the limit on the left at first; learnt";
    b: Range::from_to(LEAST, 1e18).in_f32(), "scale of the exponential at first; learnt";
}

impl Configured for Pelu {
    const DEFAULT: Self = Pelu { a: 1.0, b: 1.0 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(Box::new(Pelu { a: E::of(self.a), b: E::of(self.b) }))
    }
}

turns! { <S> Pelu<S>: |_a, _l, _u| extrema [], bends [0.0] }

impl<E: Real, S: Real> Activation<E> for Pelu<S> {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        let [a, inverse, c] = self.numbers::<f64>();
        About {
            name: Pelu::<f64>::NAME,
            formula: "a / b * x if x > 0, a * (exp(x / b) - 1) otherwise, a and b learnt",
            source: Pelu::<f64>::PAPER,
            range: (Some(-a), None),
            lipschitz: Some(c),
            curvature: Some(c * inverse),
            monotone: true,
            smoothness: Smoothness::C1,
            gain_forward,
            gain_backward,
            elsewhere: "",
        }
    }

    fn name(&self) -> &'static str {
        Pelu::<f64>::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let [a, inverse, c] = self.numbers();
        let left = a * (below_zero(x) * inverse).exp_m1();
        if x > E::ZERO { c * x } else { left }
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        let [_, inverse, c] = self.numbers();
        let left = c * (below_zero(x) * inverse).exp_nonpos();
        if x > E::ZERO { c } else { left }
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let [_, inverse, c] = self.numbers();
        let left = c * inverse * (below_zero(x) * inverse).exp_nonpos();
        if x >= E::ZERO { E::ZERO } else { left }
    }

    fused_slices!();
}

/// z and eᶻ left of 0, the first only as far as the second is not 0.
#[inline(always)]
fn left_side<E: Real>(x: E, inverse: E) -> [E; 2] {
    let z = below_zero(x) * inverse;
    [if z < E::of(-800.0) { E::of(-800.0) } else { z }, z.exp_nonpos()]
}

impl<E: Real> Pelu<E> {
    /// The gradient of a clamped parameter is 0.
    #[inline(always)]
    fn mask(&self, [by_a, by_b]: [E; 2], out: &mut [E]) {
        let least = E::of(LEAST);
        out[0] = if self.a < least { E::ZERO } else { by_a };
        out[1] = if self.b < least { E::ZERO } else { by_b };
    }
}

impl<E: Real> Parametric<E> for Pelu<E> {
    const COUNT: usize = 2;
    type With<F: Real> = Pelu<F>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Pelu<F> {
        Pelu { a: p[0], b: p[1] }
    }

    fn write(&self, p: &mut [E]) {
        p.copy_from_slice(&[self.a, self.b]);
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        let [_, inverse, c] = self.numbers();
        let ([z, e], right) = (left_side(x, inverse), x * inverse);
        let positive = x > E::ZERO;
        let by_a = if positive { right } else { z.exp_m1() };
        self.mask([by_a, -c * (if positive { right } else { z * e })], out);
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        let [_, inverse, c] = self.numbers();
        let [z, e] = left_side(x, inverse);
        let positive = x > E::ZERO;
        let by_b = if positive { E::ONE } else { (E::ONE + z) * e };
        self.mask([inverse * (if positive { E::ONE } else { e }), -c * inverse * by_b], out);
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        let [_, inverse, c] = self.numbers();
        let ([z, e], right) = (left_side(x, inverse), x * inverse);
        let positive = x > E::ZERO;
        let mixed = -inverse * (if positive { right } else { z * e });
        let by_b = c * inverse * (if positive { E::of(2.0) * right } else { z * (E::of(2.0) + z) * e });
        let mut kept = [E::ZERO; 2];
        self.mask([v[0], v[1]], &mut kept);
        self.mask([mixed * kept[1], mixed.madd(kept[0], by_b * kept[1])], out);
    }
}
