//! Where a quotient of polynomials turns and bends, by the zeros of numerators.

use super::polynomial::{derivative, product, sign_changes, sum};
use super::rational::Rational;

/// Where f turns, where f' does, and the bounds of f' and f''.
pub(crate) struct RationalTurns {
    /// Where f turns.
    pub(crate) extrema: Vec<f64>,
    /// Where f' does, or jumps.
    pub(crate) bends: Vec<f64>,
    /// The largest |f'|.
    pub(crate) lipschitz: f64,
    /// The largest |f''|.
    pub(crate) curvature: f64,
    /// The smallest f'.
    pub(crate) least_slope: f64,
}

impl RationalTurns {
    /// Of these coefficients.
    pub(crate) fn of(of: &Rational<f64>) -> Self {
        let mut turns: [Vec<f64>; 3] = [vec![0.0], vec![0.0], vec![0.0]];
        for side in [-1.0, 1.0] {
            let mut bottom = vec![1.0];
            bottom.extend((1..5).map(|j| of.bottom[j - 1].abs() * f64::powi(side, j as i32)));
            let (mut top, down) = (of.top.to_vec(), derivative(&bottom));
            // The k-th derivative is a numerator over Q^(k + 1).
            for (k, turns) in turns.iter_mut().enumerate() {
                let (less, factor) = (product(&top, &down), -((k + 1) as f64));
                top = sum(&product(&derivative(&top), &bottom), factor, &less);
                turns.extend(sign_changes(&top).into_iter().filter(|x| x * side > 0.0));
            }
        }
        turns.iter_mut().for_each(|t| t.sort_by(f64::total_cmp));
        let [extrema, bends, peaks] = turns;
        // At a kink the values on both sides count, and far out the asymptote.
        let beside = |at: &[f64], g: &dyn Fn(f64) -> f64| -> Vec<f64> {
            let ends = [f64::NEG_INFINITY, f64::INFINITY, -1e-300, 1e-300];
            at.iter().copied().filter(|x| *x != 0.0).chain(ends).map(g).collect()
        };
        let largest = |v: &[f64]| v.iter().fold(0.0f64, |m, v| v.abs().max(m));
        let slopes = beside(&bends, &|x| of.df(x));
        let least_slope = slopes.iter().copied().fold(f64::INFINITY, f64::min);
        let (lipschitz, curvature) = (largest(&slopes), largest(&beside(&peaks, &|x| of.d2f(x))));
        Self { extrema, bends, lipschitz, curvature, least_slope }
    }

    /// The Lipschitz constant. `None` where there is none, the numerator's degree being above the denominator's by more than 1, or where a last coefficient of the denominator
    /// that is tiny beside the others puts turns further out than zeros of polynomials are found.
    pub(crate) fn lipschitz(of: &Rational<f64>) -> Option<f64> {
        let degree = |c: &[f64]| c.iter().rposition(|c| *c != 0.0);
        let (top, bottom) = (degree(&of.top).unwrap_or(0), degree(&of.bottom).map_or(0, |j| j + 1));
        let last = if bottom == 0 { 1.0 } else { of.bottom[bottom - 1].abs() };
        let size = of.top.iter().chain(&of.bottom).fold(1.0f64, |m, c| m.max(c.abs()));
        (top <= bottom + 1 && last > 1e-9 * size).then(|| Self::of(of).lipschitz)
    }
}
