//! The divergence of mean activations from a small one.

use crate::RowLoss;
use crate::info::{LossInfo, TargetKind};
use crate::lanes::{self, Pointwise};
use crate::targets::assert_length;
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// beta · Σ_j KL(rho ‖ q_j), with KL(rho ‖ q) = rho ln(rho / q) + (1 − rho) ln((1 − rho) / (1 − q)), of the **mean activations** `q` of the code's units over a batch.
///
/// Activations are in (0, 1): the code ends in a sigmoid. Derivative with respect to q_j: beta ((1 − rho) / (1 − q_j) − rho / q_j);
/// with respect to the activation of each of the n examples that is divided by n. Second derivative beta (rho / q² + (1 − rho) / (1 − q)²).
///
/// Extremes: q below 1e-6 or above 1 − 1e-6 counts as that, with the derivative there, so that units that are always off are
/// pulled back, and nothing is infinite; NaN stays NaN.
///
/// Source: Ng, CS294A lecture notes: Sparse autoencoder (2011), section 3; Hinton, A practical guide to training restricted Boltzmann machines (2010), section 11, has the running mean.
///
/// # Panics
/// If the lengths differ.
///
/// ```
/// use sparring_losses::{RowLoss, SparseKl};
/// let mut dq = [0.0; 2];
/// let penalty = SparseKl { rho: 0.05, beta: 3.0 }.eval(&[0.05_f64, 0.5], &(), &mut dq);
/// assert!(penalty > 0.0 && dq[0].abs() < 1e-12 && dq[1] > 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseKl {
    /// The mean activation that a unit is to have.
    pub rho: f64,
    /// Factor of the sum.
    pub beta: f64,
}

impl Default for SparseKl {
    fn default() -> Self {
        Self { rho: 0.05, beta: 3.0 }
    }
}

sparring_math::named! {
    SparseKl: "sparse-kl", ["kl"], "Ng 2011, CS294A lecture notes";
    rho: Range::from_to(0.0001, 0.9999), "mean activation that a unit is to have";
    beta: Range::at_least(0.0), "factor of the sum of divergences";
}

impl SparseKl {
    /// Name and facts.
    pub const INFO: LossInfo = LossInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        about: "sparsity penalty of an autoencoder: divergence of the units' mean activations from a small one",
        formula: "beta sum_j rho ln(rho / q_j) + (1 - rho) ln((1 - rho) / (1 - q_j))",
        source: Self::PAPER,
        target: TargetKind::MeanCode,
    };
}

/// Nearest to 0 and to 1 that a mean activation counts.
const EDGE: f64 = 1e-6;

#[derive(Clone, Copy)]
struct Divergence<E> {
    rho: E,
    others: E,
}

impl<E: Real> Divergence<E> {
    /// q and 1 − q, kept from 0.
    #[inline(always)]
    fn kept(q: E) -> (E, E) {
        let edge = E::of(EDGE);
        let (on, off) = (q, E::ONE - q);
        // A NaN is not below the edge.
        if on < edge {
            (edge, E::ONE - edge)
        } else if off < edge {
            (E::ONE - edge, edge)
        } else {
            (on, off)
        }
    }
}

impl<E: Real> Pointwise<E> for Divergence<E> {
    #[inline(always)]
    fn at(self, q: E, _: E) -> (E, E) {
        let (on, off) = Self::kept(q);
        let value = self.rho * (self.rho / on).ln() + self.others * (self.others / off).ln();
        (value, self.others / off - self.rho / on)
    }
    #[inline(always)]
    fn curvature(self, q: E) -> E {
        let edge = E::of(EDGE);
        if q < edge || E::ONE - q < edge {
            return E::ZERO;
        }
        let (on, off) = (q, E::ONE - q);
        self.rho / (on * on) + self.others / (off * off)
    }
}

impl SparseKl {
    fn element<E: Real>(&self) -> Divergence<E> {
        Divergence { rho: E::of(self.rho), others: E::of(1.0 - self.rho) }
    }
}

impl<E: Real> RowLoss<E> for SparseKl {
    type Target = ();

    fn name(&self) -> &'static str {
        Self::NAME
    }
    #[track_caller]
    fn eval(&self, q: &[E], (): &(), dq: &mut [E]) -> E {
        assert_length(Self::NAME, q.len(), "dq", dq.len());
        lanes::eval(q, q, dq, E::of(self.beta), self.element())
    }
    #[track_caller]
    fn hvp(&self, q: &[E], (): &(), v: &[E], out: &mut [E]) {
        assert_length(Self::NAME, q.len(), "v", v.len());
        assert_length(Self::NAME, q.len(), "out", out.len());
        lanes::hvp(q, v, out, E::of(self.beta), self.element());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::noise;

    #[test]
    fn derivatives_are_differences() {
        let h = 1e-5;
        for (loss, q) in [(SparseKl::default(), 0.05), (SparseKl { rho: 0.3, beta: 0.7 }, 0.4)] {
            for extra in noise(20, 3) {
                let q = q + 0.04 * extra;
                let at = |q: f64| {
                    let mut d = [f64::NAN];
                    (loss.eval(&[q], &(), &mut d), d[0])
                };
                let want = (at(q + h).0 - at(q - h).0) / (2.0 * h);
                assert!((at(q).1 - want).abs() < 1e-4 * want.abs().max(1.0), "{q}: {} {want}", at(q).1);
                let mut hv = [f64::NAN];
                loss.hvp(&[q], &(), &[1.0], &mut hv);
                let want = (at(q + h).1 - at(q - h).1) / (2.0 * h);
                assert!((hv[0] - want).abs() < 1e-4 * want.abs(), "{q}: {} {want}", hv[0]);
            }
        }
    }

    #[test]
    fn at_rho_it_is_least_and_dead_units_are_pulled_back() {
        let loss = SparseKl::default();
        let mut dq = [f64::NAN; 3];
        assert!(loss.eval(&[0.05; 3], &(), &mut dq).abs() < 1e-15 && dq.iter().all(|d| d.abs() < 1e-12));
        let mut dq = [f32::NAN; 4];
        let penalty = loss.eval(&[0f32, 1.0, -1e4, 1e4], &(), &mut dq);
        assert!(penalty.is_finite() && dq[0] < -1e3 && dq[1] > 1e3 && dq[2] == dq[0] && dq[3] == dq[1]);
        let mut dq = [0f32];
        assert!(loss.eval(&[f32::NAN], &(), &mut dq).is_nan() && dq[0].is_nan());
    }

    #[test]
    fn it_is_the_divergence_of_two_coins() {
        // KL of (0.2, 0.8) from (0.5, 0.5) is ln 2 minus the entropy of the first.
        let entropy = -(0.2 * 0.2f64.ln() + 0.8 * 0.8f64.ln());
        let got = SparseKl { rho: 0.2, beta: 1.0 }.eval(&[0.5], &(), &mut [0.0]);
        assert!((got - (2f64.ln() - entropy)).abs() < 1e-15);
    }
}
