//! Which derivatives a pass over a slice computes.

use super::parametric::Parametric;
use sparring_math::Real;

/// What one element gives to the outputs and to the sums.
pub(super) trait Rule {
    /// Whether there is a second output.
    const TWO: bool;
    /// The outputs at x; `terms[j]`, times dy, goes to the sum of parameter j.
    fn at<E: Real, A: Parametric<E>>(&self, a: &A, v: &[E], x: E, dy: E, terms: &mut [E]) -> [E; 2];
}

/// dy · ∂f/∂x; Σ dy · ∂f/∂p.
pub(super) struct FirstOrder;
/// dy · ∂²f/∂x²; Σ dy · ∂²f/∂x∂p.
pub(super) struct InputGrad;
/// dy · (∂²f/∂x∂p · v) and ∂f/∂p · v; Σ dy · (∂²f/∂p²) v.
pub(super) struct ParamGrad;

impl Rule for FirstOrder {
    const TWO: bool = false;
    #[inline(always)]
    fn at<E: Real, A: Parametric<E>>(&self, a: &A, _: &[E], x: E, dy: E, terms: &mut [E]) -> [E; 2] {
        a.dparams(x, terms);
        [dy * a.df(x), E::ZERO]
    }
}
impl Rule for InputGrad {
    const TWO: bool = false;
    #[inline(always)]
    fn at<E: Real, A: Parametric<E>>(&self, a: &A, _: &[E], x: E, dy: E, terms: &mut [E]) -> [E; 2] {
        a.ddf_dparams(x, terms);
        [dy * a.d2f(x), E::ZERO]
    }
}
impl Rule for ParamGrad {
    const TWO: bool = true;
    #[inline(always)]
    fn at<E: Real, A: Parametric<E>>(&self, a: &A, v: &[E], x: E, dy: E, terms: &mut [E]) -> [E; 2] {
        a.ddf_dparams(x, terms);
        let mixed = dot(terms, v);
        a.dparams(x, terms);
        let along = dot(terms, v);
        a.d2params(x, v, terms);
        [dy * mixed, along]
    }
}

#[inline(always)]
fn dot<E: Real>(a: &[E], b: &[E]) -> E {
    let mut sum = E::ZERO;
    for (&a, &b) in a.iter().zip(b) {
        sum = a.madd(b, sum);
    }
    sum
}
