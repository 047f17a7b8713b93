//! Principal components of fewer rows than elements, by way of the rows' products with each other.

use nalgebra::DMatrix;

use crate::MetricsError;
use crate::decompose::{Leading, leading};
use crate::reconstruct::mean_image;

/// Mean and the `k` leading eigenvectors of the covariance of `rows` [n, dim], from those of the [n, n] matrix of products:
/// if `XᵀX u = n λ u` for centred columns X, then `X u` is an eigenvector of `XXᵀ / n` at λ.
///
/// Columns whose λ is rounding alone have no direction; they are as they come and for the caller to leave out.
pub(super) fn components(rows: &[f32], dim: usize, k: usize) -> Result<(Vec<f64>, Leading), MetricsError> {
    let (mean, n) = (mean_image(rows, dim), rows.len() / dim);
    let centred = rows.iter().enumerate().map(|(i, &x)| f64::from(x) - mean[i % dim]);
    let centred = DMatrix::from_iterator(dim, n, centred);
    let products = centred.tr_mul(&centred) / n as f64;
    let Leading { mut values, vectors } = leading(&products, k)?;
    values.resize(dim, 0.0);
    Ok((mean, Leading { values, vectors: centred * vectors }))
}
