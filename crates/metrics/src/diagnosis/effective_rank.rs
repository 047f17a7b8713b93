//! In how many directions rows differ.

use crate::MetricsError;
use crate::decompose::leading;
use nalgebra::DMatrix;

/// The effective rank of rows about their mean: e^H with H the entropy of the singular values σᵢ / Σσ of the centred rows. Between 1, where all rows lie on a line
/// (0, where they are equal), and min(n − 1, dim), where they differ in every direction alike.
///
/// The singular values are the square roots of the eigenvalues of the smaller matrix of products; what is below 1e-7 of the largest is rounding and counts as 0.
///
/// # Errors
/// [`MetricsError::Empty`] of no row, [`MetricsError::Ragged`] of a part of one, [`MetricsError::NotFinite`], [`MetricsError::NoConvergence`].
///
/// # Shapes
/// `rows` `[n, dim]`
///
/// Source: Roy and Vetterli 2007, The effective rank, EUSIPCO.
///
/// ```
/// use sparring_metrics::effective_rank;
/// // On the corners of a square: two directions, equally long.
/// let square = [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0];
/// assert!((effective_rank(&square, 2)? - 2.0).abs() < 1e-9);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn effective_rank(rows: &[f32], dim: usize) -> Result<f64, MetricsError> {
    if dim == 0 || rows.is_empty() {
        return Err(MetricsError::Empty);
    }
    if !rows.len().is_multiple_of(dim) {
        return Err(MetricsError::Ragged { len: rows.len(), dim });
    }
    if let Some(at) = rows.iter().position(|x| !x.is_finite()) {
        return Err(MetricsError::NotFinite { row: at / dim });
    }
    let n = rows.len() / dim;
    let scale = rows.iter().fold(0.0f32, |m, x| m.max(x.abs()));
    if scale == 0.0 {
        return Ok(0.0);
    }
    let x = DMatrix::from_row_iterator(n, dim, rows.iter().map(|&x| f64::from(x) / f64::from(scale)));
    let mean = x.row_mean();
    let x = DMatrix::from_fn(n, dim, |i, j| x[(i, j)] - mean[j]);
    let products = if n < dim { &x * x.transpose() } else { x.tr_mul(&x) };
    let values = leading(&products, 1)?.values;
    let singular: Vec<f64> = values.iter().map(|v| v.max(0.0).sqrt()).collect();
    // Equal rows leave the rounding of their mean.
    let rounding = f64::EPSILON * (n * dim) as f64;
    if singular[0] <= rounding {
        return Ok(0.0);
    }
    let kept: Vec<f64> = singular.iter().copied().filter(|s| *s > 1e-7 * singular[0]).collect();
    let sum: f64 = kept.iter().sum();
    let entropy: f64 = kept.iter().map(|s| -(s / sum) * (s / sum).ln()).sum();
    Ok(entropy.exp())
}
