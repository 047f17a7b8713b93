//! A learnt activation for the table of checks.

use sparring_activations::{About, Activation, Parametric};
use sparring_math::Real;

/// f(x) = a x³ + b² x: two learnt parameters, every second derivative of which is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cubic<S> {
    pub(super) a: S,
    pub(super) b: S,
}

impl<E: Real, S: Real> Activation<E> for Cubic<S> {
    fn name(&self) -> &'static str {
        "cubic"
    }
    fn about(&self) -> About {
        unreachable!("an operation asks for the name alone")
    }
    fn f(&self, x: E) -> E {
        let [a, b] = [self.a, self.b].map(|p| E::of(p.to_f64()));
        a * x * x * x + b * b * x
    }
    fn df(&self, x: E) -> E {
        let [a, b] = [self.a, self.b].map(|p| E::of(p.to_f64()));
        E::of(3.0) * a * x * x + b * b
    }
    fn d2f(&self, x: E) -> E {
        E::of(6.0 * self.a.to_f64()) * x
    }
}

impl<E: Real> Parametric<E> for Cubic<E> {
    const COUNT: usize = 2;
    type With<F: Real> = Cubic<F>;
    fn with<F: Real>(&self, p: &[F]) -> Cubic<F> {
        Cubic { a: p[0], b: p[1] }
    }
    fn write(&self, p: &mut [E]) {
        p.copy_from_slice(&[self.a, self.b]);
    }
    fn dparams(&self, x: E, out: &mut [E]) {
        out.copy_from_slice(&[x * x * x, E::of(2.0) * self.b * x]);
    }
    fn ddf_dparams(&self, x: E, out: &mut [E]) {
        out.copy_from_slice(&[E::of(3.0) * x * x, E::of(2.0) * self.b]);
    }
    fn d2params(&self, x: E, v: &[E], out: &mut [E]) {
        out.copy_from_slice(&[E::ZERO, E::of(2.0) * x * v[1]]);
    }
}
