//! Fréchet distance between the Gaussians of two sets of features.

use nalgebra::DMatrix;

use super::moments::FeatureMoments;
use crate::MetricsError;
use crate::decompose::{Leading, leading};

/// Fréchet distance |m₁ − m₂|² + tr S₁ + tr S₂ − 2 Σ √λᵢ, where λ are the eigenvalues of √S₁ S₂ √S₁: the squared Wasserstein-2
/// distance of two Gaussians.
///
/// The symmetric form has no negative or complex eigenvalue but by rounding, which counts as 0. The figure is biased by the number
/// of rows: compare equal n only, and put the same figure of two real sets beside it.
///
/// # Errors
/// Moments of different dimensions, or no decomposition that holds to working precision.
///
/// Source: Heusel et al. 2017 (arXiv:1706.08500), eq. 6; Dowson and Landau, J. Multivariate Analysis 12 (1982).
///
/// ```
/// use sparring_metrics::{FeatureMoments, frechet_distance};
/// let a = FeatureMoments::new(vec![1.0], &[4.0], 100)?;
/// let b = FeatureMoments::new(vec![3.0], &[9.0], 100)?;
/// assert!((frechet_distance(&a, &b)? - (4.0 + 1.0)).abs() < 1e-12);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn frechet_distance(a: &FeatureMoments, b: &FeatureMoments) -> Result<f64, MetricsError> {
    if a.dim() != b.dim() {
        return Err(MetricsError::Length {
            what: "features of the second set",
            given: b.dim(),
            expected: a.dim(),
        });
    }
    let apart: f64 = a.mean().iter().zip(b.mean()).map(|(x, y)| (x - y) * (x - y)).sum();
    let root = square_root(a.matrix())?;
    let mut inner = &root * b.matrix() * &root;
    inner = (&inner + inner.transpose()) * 0.5;
    let overlap: f64 = leading(&inner, 0)?.values.iter().map(|v| v.max(0.0).sqrt()).sum();
    Ok(apart + a.matrix().trace() + b.matrix().trace() - 2.0 * overlap)
}

/// The symmetric square root of a covariance.
fn square_root(a: &DMatrix<f64>) -> Result<DMatrix<f64>, MetricsError> {
    let Leading { values, vectors } = leading(a, a.nrows())?;
    let mut scaled = vectors.clone();
    for (mut column, v) in scaled.column_iter_mut().zip(&values) {
        column *= v.max(0.0).sqrt();
    }
    Ok(scaled * vectors.transpose())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_squares_to_the_matrix() {
        let x = DMatrix::from_fn(6, 4, |i, j| ((i * 5 + j * 3) as f64).sin());
        let a = &x * x.transpose();
        let root = square_root(&a).unwrap();
        assert!((&root * &root - &a).amax() < 1e-12);
        assert!((&root - root.transpose()).amax() < 1e-14);
    }
}
