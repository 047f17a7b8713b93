//! Random orthogonal matrices by QR decomposition (nalgebra).

use nalgebra::DMatrix;
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Shape};

/// How far from orthonormal a result may be.
const TOLERANCE: f64 = 1e-9;

/// `[out, rest]` with orthonormal rows (or columns, whichever are fewer) times `gain`, uniform over such matrices:
/// Q of a Gaussian matrix, column signs fixed by the diagonal of R (Mezzadri 2007, arXiv:math-ph/0609050).
///
/// The decomposition is looked at before it is used; where it does not hold the columns are made orthonormal one after the other.
pub(super) fn draw<E: Elem>(shape: &[usize], gain: f64, key: Key) -> Array<E> {
    let (rows, cols) = (shape[0], shape[1..].iter().product::<usize>());
    let (long, short) = (rows.max(cols), rows.min(cols));
    let mut numbers = key.rng(0);
    let gaussian = DMatrix::from_fn(long, short, |_, _| numbers.normal());
    let q = by_qr(&gaussian);
    let q = if is_orthonormal(&q) { q } else { by_gram_schmidt(gaussian) };
    Array::from_fn(Shape::new(shape), |n| {
        let (i, j) = (n / cols, n % cols);
        E::of(gain * if rows >= cols { q[(i, j)] } else { q[(j, i)] })
    })
}

/// Q with the signs that make the diagonal of R positive.
fn by_qr(gaussian: &DMatrix<f64>) -> DMatrix<f64> {
    let qr = gaussian.clone().qr();
    let (mut q, r) = (qr.q(), qr.r());
    for (j, mut column) in q.column_iter_mut().enumerate() {
        if r[(j, j)] < 0.0 {
            column.neg_mut();
        }
    }
    q
}

/// The same matrix by Gram-Schmidt, twice. A column that is nothing but rounding is replaced by an axis.
fn by_gram_schmidt(mut q: DMatrix<f64>) -> DMatrix<f64> {
    let (rows, mut axis) = (q.nrows(), 0);
    for j in 0..q.ncols() {
        loop {
            let (done, mut rest) = q.columns_range_pair_mut(..j, j..);
            let mut column = rest.column_mut(0);
            let size = column.norm();
            for _ in 0..2 {
                for earlier in done.column_iter() {
                    let along = earlier.dot(&column);
                    column.axpy(-along, &earlier, 1.0);
                }
            }
            let left = column.norm();
            if left > 1e-8 * size && left.is_finite() {
                column /= left;
                break;
            }
            column.fill(0.0);
            column[axis % rows] = 1.0;
            axis += 1;
        }
    }
    q
}

/// No element is NaN, and QᵀQ = 1.
fn is_orthonormal(q: &DMatrix<f64>) -> bool {
    let gram = q.tr_mul(q);
    let n = gram.nrows();
    gram.iter().enumerate().all(|(at, x)| (x - f64::from(u8::from(at % n == at / n))).abs() <= TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_give_the_same_matrix() {
        for (long, short) in [(1, 1), (5, 1), (9, 4), (30, 30)] {
            let mut numbers = Key::new(7).rng(0);
            let gaussian = DMatrix::from_fn(long, short, |_, _| numbers.normal());
            let (a, b) = (by_qr(&gaussian), by_gram_schmidt(gaussian));
            assert!(is_orthonormal(&a) && is_orthonormal(&b) && (a - b).amax() < 1e-9, "{long} x {short}");
        }
    }

    #[test]
    fn what_is_not_orthonormal_is_seen_and_mended() {
        assert!(!is_orthonormal(&DMatrix::repeat(3, 2, f64::NAN)));
        assert!(!is_orthonormal(&DMatrix::repeat(3, 2, 0.5)));
        for broken in [DMatrix::zeros(4, 4), DMatrix::repeat(4, 3, 1.0), DMatrix::repeat(3, 3, f64::NAN)] {
            assert!(is_orthonormal(&by_gram_schmidt(broken)));
        }
    }
}
