//! Eigenvectors of symmetric matrices, checked.

use super::jacobi;
use crate::MetricsError;
use nalgebra::{DMatrix, SymmetricEigen};

/// How far residuals may stay from 0, relative to the largest eigenvalue.
const TOLERANCE: f64 = 1e-10;

/// The leading eigenvectors of a symmetric matrix.
#[derive(Debug)]
pub(crate) struct Leading {
    /// All eigenvalues, largest first.
    pub values: Vec<f64>,
    /// [n, k], orthonormal columns; those of the k largest values.
    pub vectors: DMatrix<f64>,
}

/// One way to all eigenvalues and eigenvectors, in any order.
type Algorithm = fn(&DMatrix<f64>) -> Option<(Vec<f64>, DMatrix<f64>)>;

/// Tridiagonal QR by nalgebra.
fn by_qr(a: &DMatrix<f64>) -> Option<(Vec<f64>, DMatrix<f64>)> {
    let eigen = SymmetricEigen::try_new(a.clone(), f64::EPSILON, 100 * a.nrows())?;
    Some((eigen.eigenvalues.as_slice().to_vec(), eigen.eigenvectors))
}

/// All eigenvalues of the symmetric `a` and its `k` leading eigenvectors.
///
/// Rows of zeros are left out first (their eigenvectors are the axes): nalgebra's iteration gives NaN for some matrices with many of
/// them. What an algorithm returns is believed if it is finite, `A v = λ v` and `vᵀ v = 1` hold for the leading vectors, and the
/// eigenvalues have the trace and the norm of the matrix; else the next one is tried.
///
/// # Errors
/// [`MetricsError::NoConvergence`] if no algorithm passes.
pub(crate) fn leading(a: &DMatrix<f64>, k: usize) -> Result<Leading, MetricsError> {
    leading_by(&[by_qr, jacobi::eigen], a, k)
}

fn leading_by(algorithms: &[Algorithm], a: &DMatrix<f64>, k: usize) -> Result<Leading, MetricsError> {
    let n = a.nrows();
    if !a.iter().all(|x| x.is_finite()) {
        return Err(MetricsError::NoConvergence);
    }
    let kept: Vec<usize> = (0..n).filter(|&j| a.column(j).iter().any(|&x| x != 0.0)).collect();
    // In units of the largest element no square overflows or vanishes.
    let scale = kept.iter().fold(0.0f64, |m, &j| m.max(a.column(j).amax()));
    let inner = DMatrix::from_fn(kept.len(), kept.len(), |i, j| a[(kept[i], kept[j])] / scale);
    let solved = algorithms.iter().find_map(|algorithm| {
        let (values, vectors) =
            if kept.is_empty() { (Vec::new(), DMatrix::zeros(0, 0)) } else { algorithm(&inner)? };
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&i, &j| values[j].total_cmp(&values[i]).then(i.cmp(&j)));
        let some = order.len().min(k);
        let vectors = DMatrix::from_fn(kept.len(), some, |i, j| vectors[(i, order[j])]);
        let values: Vec<f64> = order.iter().map(|&i| values[i]).collect();
        solves(&inner, &values, &vectors).then_some((values, vectors))
    });
    let (mut values, vectors) = solved.ok_or(MetricsError::NoConvergence)?;
    values.iter_mut().for_each(|v| *v *= scale);
    // The axes left out have eigenvalue 0: they stand before what is negative.
    let zeros = n - kept.len();
    let positive = values.iter().take_while(|&&v| v >= 0.0).count();
    values.splice(positive..positive, std::iter::repeat_n(0.0, zeros));
    let mut all = DMatrix::zeros(n, k.min(n));
    let mut left_out = (0..n).filter(|j| kept.binary_search(j).is_err());
    for (j, mut column) in all.column_iter_mut().enumerate() {
        if (positive..positive + zeros).contains(&j) {
            column[left_out.next().expect("as many as zeros")] = 1.0;
        } else {
            let from = if j < positive { j } else { j - zeros };
            kept.iter().zip(vectors.column(from).iter()).for_each(|(&i, &x)| column[i] = x);
        }
    }
    Ok(Leading { values, vectors: all })
}

/// Whether these are eigenvalues, largest first, and leading eigenvectors of `a`. A NaN anywhere says no.
fn solves(a: &DMatrix<f64>, values: &[f64], vectors: &DMatrix<f64>) -> bool {
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let near = |x: f64, y: f64, size: f64| (x - y).abs() <= TOLERANCE * size;
    let (trace, squares) = (values.iter().sum(), values.iter().map(|v| v * v).sum());
    let mut off = a * vectors;
    for ((mut column, vector), value) in off.column_iter_mut().zip(vectors.column_iter()).zip(values) {
        column.axpy(-value, &vector, 1.0);
    }
    let gram = vectors.tr_mul(vectors);
    near(a.trace(), trace, largest * values.len() as f64)
        && near(a.norm_squared(), squares, largest * largest * values.len() as f64)
        && off.iter().all(|&x| near(x, 0.0, largest))
        && gram
            .iter()
            .enumerate()
            .all(|(at, &x)| near(x, f64::from(u8::from(at % gram.nrows() == at / gram.nrows())), 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(i: usize) -> f64 {
        let mixed = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((mixed ^ (mixed >> 29)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// A Gram matrix of rank `rank`, with only every `every`-th row other than zero.
    fn gram(n: usize, rank: usize, every: usize) -> DMatrix<f64> {
        let x = DMatrix::from_fn(n, rank, |i, j| if i % every == 0 { noise(i * rank + j) } else { 0.0 });
        &x * x.transpose()
    }

    #[test]
    fn every_algorithm_gives_the_same() {
        for (n, rank, every) in [(1, 1, 1), (2, 1, 1), (7, 7, 1), (30, 4, 3), (40, 40, 2), (25, 0, 1)] {
            let a = gram(n, rank, every);
            let k = n.min(5);
            let qr = leading_by(&[by_qr], &a, k).unwrap();
            let plain = leading_by(&[jacobi::eigen], &a, k).unwrap();
            assert_eq!((qr.values.len(), qr.vectors.ncols()), (n, k));
            for (x, y) in qr.values.iter().zip(&plain.values) {
                assert!((x - y).abs() <= 1e-12 * a.norm().max(1.0), "{n} {rank} {every}: {x} {y}");
            }
            for found in [qr, plain] {
                for (j, v) in found.vectors.column_iter().enumerate() {
                    assert!((&a * v - v * found.values[j]).amax() <= 1e-10 * a.norm().max(1.0));
                    assert!((v.norm() - 1.0).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn sizes_at_the_ends_of_f64() {
        for size in [1e-300, 1e300] {
            let a = gram(12, 3, 2) * size;
            let found = leading(&a, 3).unwrap();
            let usual = leading(&gram(12, 3, 2), 3).unwrap();
            for (x, y) in found.values.iter().zip(&usual.values) {
                assert!((x / size - y).abs() < 1e-12, "{x} {y}");
            }
        }
    }

    #[test]
    fn indefinite_matrices_keep_their_order() {
        let a = DMatrix::from_diagonal(&nalgebra::DVector::from_vec(vec![-3.0, 0.0, 2.0, 0.0]));
        let found = leading(&a, 4).unwrap();
        assert_eq!(found.values, [2.0, 0.0, 0.0, -3.0]);
        let places: Vec<usize> = found.vectors.column_iter().map(|v| v.icamax()).collect();
        assert_eq!(places, [2, 1, 3, 0]);
    }

    #[test]
    fn what_an_algorithm_says_is_not_believed() {
        let a = gram(6, 6, 1);
        let nan: Algorithm =
            |a| Some((vec![f64::NAN; a.nrows()], DMatrix::repeat(a.nrows(), a.nrows(), f64::NAN)));
        let axes: Algorithm =
            |a| Some((a.diagonal().as_slice().to_vec(), DMatrix::identity(a.nrows(), a.nrows())));
        let right_but_one: Algorithm = |a| {
            let (mut values, vectors) = by_qr(a)?;
            values[3] += 1e-3;
            Some((values, vectors))
        };
        for wrong in [nan, axes, right_but_one, |_: &DMatrix<f64>| None] {
            assert_eq!(leading_by(&[wrong], &a, 2).unwrap_err(), MetricsError::NoConvergence);
            assert!(leading_by(&[wrong, by_qr], &a, 2).is_ok(), "the next one is tried");
        }
        assert!(leading(&DMatrix::repeat(2, 2, f64::NAN), 1).is_err());
    }
}
