//! PSoftplus (parametric softplus): softplus with a learnt sharpness.
//!
//! value       f(x)   = ln(1 + eᶻ)/a, z = ax
//! derivative  f'(x)  = σ(z)
//! second      f''(x) = a σ'(z)
//! parameter   a = `a`, starts at 1; ∂f/∂a = −H(z)/a² with H(z) = ln(1 + e^(−|z|)) + |z| σ(−|z|), ∂f'/∂a = x σ'(z),
//!             ∂²f/∂a² = (2H(z) + z² σ'(z))/a³. Below 0.1, a counts as 0.1 and has no gradient: at 0 the formula is infinite
//! source      Dai, Mahloujifar, Mittal 2021, arXiv:2110.05626
//! bounds      range (0, ∞), 1-Lipschitz, curvature a/4 at 0, monotone

use super::softplus::Softplus;
use crate::fused::fused_slices;
use crate::gain::gains;
use crate::registry::Configured;
use crate::relax::turns;
use crate::{About, Activation, Parametric, Sigmoid, Trainable};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// f(x) = ln(1 + e^(`a`·x))/`a`, `a` being learnt. `S` is the type that it is kept in.
///
/// ```
/// use sparring_activations::{Activation, Psoftplus, Softplus};
///
/// assert_eq!(Psoftplus { a: 4.0 }.f(0.5f64), Softplus { beta: 4.0 }.f(0.5f64));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Psoftplus<S = f64> {
    /// Sharpness, at first 1; f tends to ReLU as it grows.
    pub a: S,
}

/// The smallest a that counts.
const LEAST: f64 = 0.1;

impl<S: Real> Default for Psoftplus<S> {
    fn default() -> Self {
        Psoftplus { a: S::ONE }
    }
}

impl<S: Real> Psoftplus<S> {
    /// The a that counts, in the type of the input.
    #[inline(always)]
    fn a<E: Real>(&self) -> E {
        let (a, least) = (E::of(self.a.to_f64()), E::of(LEAST));
        if a < least { least } else { a }
    }

    /// The softplus that it is now.
    fn now(&self) -> Softplus {
        Softplus { beta: self.a::<f64>() }
    }
}

sparring_math::named! {
    Psoftplus: "psoftplus", [], "Dai, Mahloujifar, Mittal 2021, arXiv:2110.05626";
    a: Range::from_to(LEAST, 1e18).in_f32(), "sharpness at first; learnt";
}

impl Configured for Psoftplus {
    const DEFAULT: Self = Psoftplus { a: 1.0 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(Box::new(Psoftplus { a: E::of(self.a) }))
    }
}

turns! { <S> Psoftplus<S>: |_a, _l, _u| extrema [], bends [] }

impl<E: Real, S: Real> Activation<E> for Psoftplus<S> {
    fn about(&self) -> About {
        let (gain_forward, gain_backward) = gains(self);
        About {
            name: Psoftplus::<f64>::NAME,
            formula: "ln(1 + exp(a * x)) / a, a learnt",
            source: Psoftplus::<f64>::PAPER,
            gain_forward,
            gain_backward,
            elsewhere: "",
            ..Activation::<f64>::about(&self.now())
        }
    }

    fn name(&self) -> &'static str {
        Psoftplus::<f64>::NAME
    }

    #[inline(always)]
    fn f(&self, x: E) -> E {
        let a = self.a::<E>();
        (a * x).softplus() * (E::ONE / a)
    }

    #[inline(always)]
    fn df(&self, x: E) -> E {
        (self.a::<E>() * x).sigmoid()
    }

    #[inline(always)]
    fn d2f(&self, x: E) -> E {
        let a = self.a::<E>();
        a * Sigmoid.df(a * x)
    }

    fused_slices!();
}

impl<E: Real> Psoftplus<E> {
    /// a, z up to where the exponential of −|z| is 0, and `value`, or 0 where a is clamped.
    #[inline(always)]
    fn by_a(&self, x: E, value: impl Fn(E, E) -> E) -> E {
        let (a, far) = (self.a::<E>(), E::of(800.0));
        let z = (a * x).smaller(far).larger(-far);
        let value = value(a, z);
        let kept = if self.a < E::of(LEAST) { E::ZERO } else { value };
        if x.is_nan() { x } else { kept }
    }
}

/// H(z) = ln(1 + e^(−|z|)) + |z| σ(−|z|): the entropy of a coin with probability σ(z).
#[inline(always)]
fn entropy<E: Real>(z: E) -> E {
    let size = z.abs();
    size.madd((-size).sigmoid(), (-size).softplus())
}

impl<E: Real> Parametric<E> for Psoftplus<E> {
    const COUNT: usize = 1;
    type With<F: Real> = Psoftplus<F>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Psoftplus<F> {
        Psoftplus { a: p[0] }
    }

    fn write(&self, p: &mut [E]) {
        p[0] = self.a;
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        out[0] = self.by_a(x, |a, z| -entropy(z) / (a * a));
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        out[0] = self.by_a(x, |a, z| z * Sigmoid.df(z) / a);
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        let two = E::of(2.0);
        out[0] = v[0] * self.by_a(x, |a, z| (z * z).madd(Sigmoid.df(z), two * entropy(z)) / (a * a * a));
    }
}
