//! Swish with a learnt sharpness: x·σ(βx). PSiLU is the same function.
//!
//! value       f(x)   = x σ(z), z = βx
//! derivative  f'(x)  = S(z) = σ(z) + z σ'(z)
//! second      f''(x) = β S'(z)
//! parameter   β = `beta`, starts at 1; ∂f/∂β = x² σ'(z), ∂f'/∂β = x S'(z), ∂²f/∂β² = x³ σ''(z). At β = 0 it is x/2, for β < 0 it is
//!             −f(−x; −β): nothing breaks when β passes 0 while it is learnt
//! source      Ramachandran, Zoph, Le 2017, arXiv:1710.05941; as PSiLU: Dai, Mahloujifar, Mittal 2021, arXiv:2110.05626
//! bounds      range [−0.27846/β, ∞) (β > 0), 1.0998-Lipschitz, curvature |β|/2 at 0, not monotone but for β = 0

use crate::registry::Configured;
use crate::shapes::gated::Gated;
use crate::shapes::gated_form::gated_form;
use crate::{Parametric, Trainable};
use sparring_math::Real;
use sparring_math::named::Range;

/// f(x) = x σ(`beta`·x), `beta` being learnt. `S` is the type that it is kept in, as in [`Prelu`](crate::Prelu).
///
/// ```
/// use sparring_activations::{Activation, Silu, Swish};
///
/// assert_eq!(Swish { beta: 1.0 }.f(-0.5f64), Silu.f(-0.5f64));
/// assert_eq!(Swish { beta: 0.0 }.f(-0.5f64), -0.25);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swish<S = f64> {
    /// Sharpness, at first 1; f tends to ReLU as it grows.
    pub beta: S,
}

impl<S: Real> Default for Swish<S> {
    fn default() -> Self {
        Swish { beta: S::ONE }
    }
}

impl<S: Real> Swish<S> {
    /// The formula in the type of the input.
    #[inline(always)]
    fn gated<E: Real>(&self) -> Gated<E> {
        Gated { p1: E::ONE, p2: E::ZERO, rate: E::of(self.beta.to_f64()) }
    }
}

sparring_math::named! {
    Swish: "swish", ["psilu"], "Ramachandran et al. 2017, arXiv:1710.05941; Dai et al. 2021, arXiv:2110.05626";
    beta: Range::FINITE.in_f32(), "sharpness at first; learnt";
}

impl Configured for Swish {
    const DEFAULT: Self = Swish { beta: 1.0 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        Some(Box::new(Swish { beta: E::of(self.beta) }))
    }
}

gated_form! {
    Swish, formula "x / (1 + exp(-beta * x)), beta learnt",
    elsewhere "PyTorch, Keras, JAX: silu, beta fixed at 1; PSiLU's authors take |beta|"
}

impl<E: Real> Parametric<E> for Swish<E> {
    const COUNT: usize = 1;
    type With<F: Real> = Swish<F>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> Swish<F> {
        Swish { beta: p[0] }
    }

    fn write(&self, p: &mut [E]) {
        p[0] = self.beta;
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        out[0] = self.gated::<E>().partials(x).rate;
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        out[0] = self.gated::<E>().partials(x).slope_rate;
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        out[0] = self.gated::<E>().partials(x).rate2 * v[0];
    }
}
