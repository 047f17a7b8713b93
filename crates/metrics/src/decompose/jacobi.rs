//! Jacobi's eigenvalue algorithm: slow, but nothing in it divides by what may be 0.

use nalgebra::DMatrix;

/// Sweeps over all pairs; ten are usual.
const SWEEPS: usize = 60;

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix, in any order: plane rotations that make one pair of elements 0
/// each, until all are. `None` if they do not vanish.
///
/// Source: Golub and Van Loan, Matrix Computations, section 8.5 (cyclic by row).
pub(super) fn eigen(a: &DMatrix<f64>) -> Option<(Vec<f64>, DMatrix<f64>)> {
    let (mut a, n) = (a.clone(), a.nrows());
    let mut v = DMatrix::identity(n, n);
    let small = f64::EPSILON * a.norm() / n as f64;
    for _ in 0..SWEEPS {
        let mut changed = false;
        for p in 0..n {
            for q in p + 1..n {
                if a[(p, q)].abs() <= small {
                    continue;
                }
                changed = true;
                let (c, s) = rotation(a[(p, p)], a[(p, q)], a[(q, q)]);
                rotate(&mut a, p, q, c, s);
                // The matrix stays symmetric: rows as columns.
                for i in 0..n {
                    let (x, y) = (a[(p, i)], a[(q, i)]);
                    (a[(p, i)], a[(q, i)]) = (c * x - s * y, s * x + c * y);
                }
                rotate(&mut v, p, q, c, s);
            }
        }
        if !changed {
            return Some((a.diagonal().as_slice().to_vec(), v));
        }
    }
    None
}

/// Cosine and sine of the rotation that makes the element `pq` of a symmetric 2 by 2 matrix 0; `pq` is not 0.
pub(super) fn rotation(pp: f64, pq: f64, qq: f64) -> (f64, f64) {
    let tau = (qq - pp) / (2.0 * pq);
    let t = tau.signum() / (tau.abs() + 1f64.hypot(tau));
    let c = 1.0 / 1f64.hypot(t);
    (c, t * c)
}

/// Columns `p` and `q` become c·p − s·q and s·p + c·q.
pub(super) fn rotate(m: &mut DMatrix<f64>, p: usize, q: usize, c: f64, s: f64) {
    for i in 0..m.nrows() {
        let (x, y) = (m[(i, p)], m[(i, q)]);
        (m[(i, p)], m[(i, q)]) = (c * x - s * y, s * x + c * y);
    }
}
