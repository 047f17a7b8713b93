//! Sparsemax: the point of the simplex nearest to x, max(0, xᵢ − τ) with τ such that the sum is 1.
//!
//! gradient    dxᵢ = dyᵢ − the mean of dy over the support, on the support; 0 elsewhere
//! edges       NaN or ±∞ (but −∞ beside finite numbers, which gives 0) makes the row NaN
//! source      Martins, Astudillo 2016, arXiv:1602.02068; a projection, hence 1-Lipschitz in l2

use super::{AboutRows, RowActivation};
use crate::Smoothness;
use sparring_math::Real;
use sparring_math::named::Named;

/// Probabilities of which many are 0.
///
/// ```
/// use sparring_activations::{RowActivation, rows::Sparsemax};
///
/// let mut p = [9.0f32; 3];
/// Sparsemax.forward_rows(3, &[1.0, 0.5, -1.0], &mut p);
/// assert_eq!(p, [0.75, 0.25, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sparsemax;

sparring_math::named! { Sparsemax: "sparsemax", [], "Martins, Astudillo 2016, arXiv:1602.02068"; }

/// τ above the largest number; NaN where there is none.
fn threshold<E: Real>(x: &[E]) -> (E, E) {
    let top = x.iter().fold(-E::INFINITY, |m, &x| m.larger(x));
    if !top.is_finite() {
        return (top, E::of(f64::NAN));
    }
    let mut sorted: Vec<E> = x.iter().map(|&x| x - top).collect();
    sorted.sort_by(|a, b| b.partial_cmp(a).expect("NaN would be the largest"));
    let (mut sum, mut tau) = (E::ZERO, -E::ONE);
    for (k, &z) in sorted.iter().enumerate() {
        // The support is as long as this holds.
        if E::ONE + E::of((k + 1) as f64) * z <= sum + z {
            break;
        }
        sum += z;
        tau = (sum - E::ONE) / E::of((k + 1) as f64);
    }
    (top, tau)
}

impl<E: Real> RowActivation<E> for Sparsemax {
    fn about_rows(&self) -> AboutRows {
        let formula = "max(0, x_i - tau), tau such that they add up to 1";
        AboutRows {
            name: Self::NAME,
            formula,
            source: Self::PAPER,
            range: (Some(0.0), Some(1.0)),
            lipschitz: Some(1.0),
            smoothness: Smoothness::C0,
        }
    }
    fn outputs(&self, width: usize) -> Option<usize> {
        Some(width)
    }
    fn row(&self, x: &[E], y: &mut [E]) {
        let (top, tau) = threshold(x);
        for (y, &x) in y.iter_mut().zip(x) {
            let over = (x - top) - tau;
            *y = if over < E::ZERO { E::ZERO } else { over };
        }
    }
    fn row_grad(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        self.row(x, dx);
        let (mut sum, mut count) = (E::ZERO, E::ZERO);
        for (&y, &d) in dx.iter().zip(dy) {
            if y > E::ZERO {
                sum += d;
                count += E::ONE;
            }
        }
        let mean = sum / count;
        for (y, &d) in dx.iter_mut().zip(dy) {
            *y = if *y > E::ZERO { d - mean } else { *y };
        }
    }
}
