//! Log-softmax: xᵢ − m − ln Σⱼ e^(xⱼ − m), m the largest xⱼ.
//!
//! gradient    dxᵢ = dyᵢ − pᵢ Σⱼ dyⱼ, p the softmax
//! edges       those of softmax, but −∞ beside finite numbers stays −∞
//! source      Bridle 1990, Neurocomputing. The norm of its Jacobian I − 1pᵀ grows with √n: no Lipschitz constant over all widths

use super::softmax::{SoftmaxRows, shifted};
use super::{AboutRows, RowActivation};
use crate::Smoothness;
use sparring_math::Real;
use sparring_math::named::Named;

/// Logarithms of probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogSoftmax;

sparring_math::named! { LogSoftmax: "log_softmax", [], "Bridle 1990, Neurocomputing"; }

impl<E: Real> RowActivation<E> for LogSoftmax {
    fn about_rows(&self) -> AboutRows {
        AboutRows {
            name: Self::NAME,
            formula: "x_i - ln(sum of exp(x_j))",
            source: Self::PAPER,
            range: (None, Some(0.0)),
            lipschitz: None,
            smoothness: Smoothness::Smooth,
        }
    }
    fn outputs(&self, width: usize) -> Option<usize> {
        Some(width)
    }
    fn row(&self, x: &[E], y: &mut [E]) {
        let log = shifted(x, y).ln();
        y.iter_mut().for_each(|y| *y -= log);
    }
    fn row_grad(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        SoftmaxRows.row(x, dx);
        let sum: E = dy.iter().copied().sum();
        dx.iter_mut().zip(dy).for_each(|(p, &d)| *p = d - *p * sum);
    }
}
