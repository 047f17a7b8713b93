//! Singular values, checked.

use super::jacobi::{rotate, rotation};
use crate::MetricsError;
use nalgebra::DMatrix;

/// Sweeps over all pairs of columns.
const SWEEPS: usize = 60;

/// The singular values of `a`, largest first, by one-sided Jacobi: columns are rotated in pairs until all are orthogonal; their lengths are
/// the singular values, small ones with all digits.
///
/// # Errors
/// [`MetricsError::NoConvergence`] if an element is not finite or the columns do not become orthogonal.
///
/// Source: Golub and Van Loan, Matrix Computations, section 8.6.3 (Hestenes).
pub(crate) fn singular_values(mut a: DMatrix<f64>) -> Result<Vec<f64>, MetricsError> {
    let (n, scale) = (a.ncols(), a.iter().fold(0.0f64, |m, x| m.max(x.abs())));
    if !a.iter().all(|x| x.is_finite()) {
        return Err(MetricsError::NoConvergence);
    }
    if scale == 0.0 {
        return Ok(vec![0.0; n]);
    }
    a /= scale;
    for _ in 0..SWEEPS {
        let mut changed = false;
        for p in 0..n {
            for q in p + 1..n {
                let (pp, qq) = (a.column(p).norm_squared(), a.column(q).norm_squared());
                let pq = a.column(p).dot(&a.column(q));
                if pq.abs() > 4.0 * f64::EPSILON * (pp * qq).sqrt() && pq.abs() > f64::MIN_POSITIVE {
                    let (c, s) = rotation(pp, pq, qq);
                    rotate(&mut a, p, q, c, s);
                    changed = true;
                }
            }
        }
        if !changed {
            let mut values: Vec<f64> = a.column_iter().map(|c| c.norm() * scale).collect();
            values.sort_by(|x, y| y.total_cmp(x));
            return Ok(values);
        }
    }
    Err(MetricsError::NoConvergence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // numpy.linalg.svd([[1, 2], [3, 4], [5, 6]]).
        let a = DMatrix::from_row_slice(3, 2, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        for size in [1.0, 1e-200, 1e200] {
            let values = singular_values(&a * size).unwrap();
            assert!((values[0] / size - 9.525_518_091_565_104).abs() < 1e-13, "{values:?}");
            assert!((values[1] / size - 0.514_300_580_658_644_9).abs() < 1e-13, "{values:?}");
        }
        assert_eq!(singular_values(DMatrix::zeros(4, 3)).unwrap(), [0.0; 3]);
        // More columns than rows, and equal columns: the rest are 0.
        let values = singular_values(DMatrix::repeat(2, 5, 1.0)).unwrap();
        assert!((values[0] - 10f64.sqrt()).abs() < 1e-14 && values[1..].iter().all(|v| v.abs() < 1e-14));
        assert!(singular_values(DMatrix::repeat(2, 2, f64::INFINITY)).is_err());
    }
}
