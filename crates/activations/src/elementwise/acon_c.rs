//! ACON-C: activate or not, by a learnt switch between two learnt slopes.
//!
//! value       f(x)   = (p₁ − p₂) x σ(z) + p₂ x = x (p₁ σ(z) + p₂ σ(−z)), z = β (p₁ − p₂) x
//! derivative  f'(x)  = p₁ S(z) + p₂ S(−z), S(z) = σ(z) + z σ'(z)
//! second      f''(x) = β (p₁ − p₂)² S'(z)
//! parameters  p₁ = `p1`, p₂ = `p2`, β = `beta`, starting at 1, 0, 1; with d = p₁ − p₂: ∂f/∂p₁ = x S(z), ∂f/∂p₂ = x S(−z),
//!             ∂f/∂β = d² x² σ'(z); ∂f'/∂p₁ = S(z) + z S'(z), ∂f'/∂p₂ = 1 − that, ∂f'/∂β = d² x S'(z)
//! source      Ma, Zhang, Liu, Sun 2021, arXiv:2009.04759
//! bounds      slope p₁ on the right and p₂ on the left (for βd > 0), between them from p₂ − 0.0998 d to p₂ + 1.0998 d; curvature |β| d²/2

use crate::registry::Configured;
use crate::shapes::gated::Gated;
use crate::shapes::gated_form::gated_form;
use crate::{Parametric, Trainable};
use sparring_math::Real;
use sparring_math::named::Range;

/// f(x) = (p₁ − p₂) x σ(β (p₁ − p₂) x) + p₂ x, all three being learnt. `S` is the type that they are kept in.
///
/// ```
/// use sparring_activations::{AconC, Activation, Silu};
///
/// assert_eq!(AconC::<f64>::default().f(2.0f64), Silu.f(2.0f64));
/// // Slopes 1 and ¼, sharply: a leaky ReLU.
/// assert_eq!(AconC { p1: 1.0, p2: 0.25, beta: 1e3 }.f(-2.0f64), -0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AconC<S = f64> {
    /// Slope on the right, at first 1.
    pub p1: S,
    /// Slope on the left, at first 0.
    pub p2: S,
    /// Sharpness of the switch, at first 1; 0 makes f linear.
    pub beta: S,
}

impl<S: Real> Default for AconC<S> {
    fn default() -> Self {
        AconC { p1: S::ONE, p2: S::ZERO, beta: S::ONE }
    }
}

impl<S: Real> AconC<S> {
    /// The formula in the type of the input.
    #[inline(always)]
    fn gated<E: Real>(&self) -> Gated<E> {
        let [p1, p2, beta] = [self.p1, self.p2, self.beta].map(|p| E::of(p.to_f64()));
        Gated { p1, p2, rate: beta * (p1 - p2) }
    }
}

/// So far the products of two of them and an input stay finite.
const RANGE: Range = Range::from_to(-1e18, 1e18).in_f32();

sparring_math::named! {
    AconC: "acon_c", ["acon"], "Ma, Zhang, Liu, Sun 2021, arXiv:2009.04759";
    p1: RANGE, "slope on the right at first; learnt";
    p2: RANGE, "slope on the left at first; learnt";
    beta: RANGE, "sharpness at first; learnt";
}

impl Configured for AconC {
    const DEFAULT: Self = AconC { p1: 1.0, p2: 0.0, beta: 1.0 };
    fn trainable<E: Real>(&self) -> Option<Box<dyn Trainable<E>>> {
        let [p1, p2, beta] = [self.p1, self.p2, self.beta].map(E::of);
        Some(Box::new(AconC { p1, p2, beta }))
    }
}

gated_form! {
    AconC, formula "(p1 - p2) * x / (1 + exp(-beta * (p1 - p2) * x)) + p2 * x, p1, p2 and beta learnt",
    elsewhere "its authors draw p1 and p2 from N(0, 1), for each channel"
}

impl<E: Real> Parametric<E> for AconC<E> {
    const COUNT: usize = 3;
    type With<F: Real> = AconC<F>;

    #[inline(always)]
    fn with<F: Real>(&self, p: &[F]) -> AconC<F> {
        AconC { p1: p[0], p2: p[1], beta: p[2] }
    }

    fn write(&self, p: &mut [E]) {
        p.copy_from_slice(&[self.p1, self.p2, self.beta]);
    }

    #[inline(always)]
    fn dparams(&self, x: E, out: &mut [E]) {
        let (g, d) = (self.gated::<E>().partials(x), self.p1 - self.p2);
        out[0] = self.beta.madd(g.rate, g.p1);
        out[1] = (-self.beta).madd(g.rate, g.p2);
        out[2] = d * g.rate;
    }

    #[inline(always)]
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        let (g, d) = (self.gated::<E>().partials(x), self.p1 - self.p2);
        out[0] = self.beta.madd(g.slope_rate, g.slope_p1);
        out[1] = (-self.beta).madd(g.slope_rate, g.slope_p2);
        out[2] = d * g.slope_rate;
    }

    #[inline(always)]
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        let (g, d, two) = (self.gated::<E>().partials(x), self.p1 - self.p2, E::of(2.0));
        // By p₁ twice, by p₁ and β, by β twice; p₂ is as −p₁.
        let by_slope = self.beta * (self.beta.madd(g.rate2, two * g.bell));
        let mixed = two * g.rate + self.beta * d * g.rate2;
        let by_beta = d * d * g.rate2;
        let along = v[0] - v[1];
        out[0] = by_slope.madd(along, mixed * v[2]);
        out[1] = -out[0];
        out[2] = mixed.madd(along, by_beta * v[2]);
    }
}
