//! Softmax: pᵢ = e^(xᵢ − m)/Σⱼ e^(xⱼ − m), m the largest xⱼ.
//!
//! gradient    dxᵢ = pᵢ (dyᵢ − Σⱼ pⱼ dyⱼ)
//! edges       NaN in a row makes all of it NaN, and so does +∞ or a row of −∞ alone (∞ − ∞, as in PyTorch); −∞ beside finite numbers gives 0
//! source      Bridle 1990, Neurocomputing; ½-Lipschitz in l2: the rows of diag p − ppᵀ have absolute sums 2pᵢ(1 − pᵢ) ≤ ½

use super::{AboutRows, RowActivation};
use crate::Smoothness;
use sparring_math::Real;
use sparring_math::named::Named;

/// Probabilities: positive, with sum 1.
///
/// ```
/// use sparring_activations::{RowActivation, rows::SoftmaxRows};
///
/// let mut p = [0.0f64; 2];
/// SoftmaxRows.forward_rows(2, &[0.0, 3f64.ln()], &mut p);
/// assert!((p[0] - 0.25).abs() < 1e-15 && (p[1] - 0.75).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SoftmaxRows;

sparring_math::named! { SoftmaxRows: "softmax", [], "Bridle 1990, Neurocomputing"; }

/// Writes xᵢ − m to y, m being the largest xᵢ, and returns Σ e^(xᵢ − m).
pub(super) fn shifted<E: Real>(x: &[E], y: &mut [E]) -> E {
    let top = x.iter().fold(-E::INFINITY, |m, &x| m.larger(x));
    let mut sum = E::ZERO;
    for (y, &x) in y.iter_mut().zip(x) {
        *y = x - top;
        sum += y.exp();
    }
    sum
}

impl<E: Real> RowActivation<E> for SoftmaxRows {
    fn about_rows(&self) -> AboutRows {
        AboutRows {
            name: Self::NAME,
            formula: "exp(x_i) / sum of exp(x_j)",
            source: Self::PAPER,
            range: (Some(0.0), Some(1.0)),
            lipschitz: Some(0.5),
            smoothness: Smoothness::Smooth,
        }
    }
    fn outputs(&self, width: usize) -> Option<usize> {
        Some(width)
    }
    fn row(&self, x: &[E], y: &mut [E]) {
        let sum = shifted(x, y);
        y.iter_mut().for_each(|y| *y = y.exp() / sum);
    }
    fn row_grad(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        self.row(x, dx);
        let mean: E = dx.iter().zip(dy).map(|(&p, &d)| p * d).sum();
        dx.iter_mut().zip(dy).for_each(|(p, &d)| *p *= d - mean);
    }
}
