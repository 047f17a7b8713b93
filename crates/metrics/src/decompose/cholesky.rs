//! Cholesky factors, of small matrices in plain loops.

use crate::MetricsError;

/// The lower triangle L with L Lᵀ = A of a symmetric positive definite A; what stands above the diagonal of A is not read, and is 0
/// in L.
///
/// # Shapes
/// `a` [n, n] -> [n, n]
///
/// # Errors
/// [`MetricsError::NoConvergence`] if A is not positive definite or not finite.
///
/// Source: Golub and Van Loan, Matrix Computations, section 4.2.
pub(crate) fn cholesky(a: &[f64], n: usize) -> Result<Vec<f64>, MetricsError> {
    let mut l = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let (above, row) = (&l[j * n..j * n + j], &l[i * n..i * n + j]);
            let left = a[i * n + j] - above.iter().zip(row).map(|(x, y)| x * y).sum::<f64>();
            l[i * n + j] = if i > j {
                left / l[j * n + j]
            } else if left > 0.0 && left.is_finite() {
                left.sqrt()
            } else {
                return Err(MetricsError::NoConvergence);
            };
        }
    }
    Ok(l)
}

/// Replaces `x` by L⁻¹ x.
pub(crate) fn solve_lower(l: &[f64], x: &mut [f64]) {
    let n = x.len();
    for i in 0..n {
        let known: f64 = l[i * n..i * n + i].iter().zip(&*x).map(|(l, x)| l * x).sum();
        x[i] = (x[i] - known) / l[i * n + i];
    }
}

/// Replaces `x` by L⁻ᵀ x.
pub(crate) fn solve_upper(l: &[f64], x: &mut [f64]) {
    let n = x.len();
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|j| l[j * n + i] * x[j]).sum();
        x[i] = (x[i] - known) / l[i * n + i];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factor_and_solutions() {
        let n = 5;
        let x: Vec<f64> = (0..n * n).map(|i| ((i * i + 1) as f64).sin()).collect();
        let dot = |i: usize, j: usize| -> f64 { (0..n).map(|d| x[i * n + d] * x[j * n + d]).sum() };
        let a: Vec<f64> =
            (0..n * n).map(|at| dot(at / n, at % n) + f64::from(u8::from(at / n == at % n))).collect();
        let l = cholesky(&a, n).unwrap();
        for at in 0..n * n {
            let (i, j) = (at / n, at % n);
            let product: f64 = (0..n).map(|d| l[i * n + d] * l[j * n + d]).sum();
            assert!((product - a[at]).abs() < 1e-13);
        }
        let want = [1.0, -2.0, 0.5, 3.0, 0.25];
        let mut b: Vec<f64> = (0..n).map(|i| (0..n).map(|j| a[i * n + j] * want[j]).sum()).collect();
        solve_lower(&l, &mut b);
        solve_upper(&l, &mut b);
        assert!(b.iter().zip(&want).all(|(x, y)| (x - y).abs() < 1e-12), "{b:?}");
        for bad in [[1.0, 0.0, 2.0, 1.0], [0.0; 4], [f64::NAN, 0.0, 0.0, 1.0]] {
            assert_eq!(cholesky(&bad, 2), Err(MetricsError::NoConvergence));
        }
    }
}
