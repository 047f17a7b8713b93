//! Mean and covariance of a set of features: what the Fréchet distance needs to know of it.

use nalgebra::DMatrix;

use crate::MetricsError;
use crate::pca::covariance;
use crate::rows::at_least;

/// How far a covariance may be from symmetric, relative to its largest element.
const SLACK: f64 = 1e-9;

/// Mean and unbiased covariance Σ (x − mean)(x − mean)ᵀ / (n − 1) of `n` feature rows, in `f64`.
///
/// Real features need be seen once: keep [`FeatureMoments::mean`], [`FeatureMoments::covariance`] and [`FeatureMoments::n`].
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMoments {
    mean: Vec<f64>,
    covariance: DMatrix<f64>,
    n: usize,
}

impl FeatureMoments {
    /// Of `rows`, at least dim + 1 of them: the covariance of fewer has no full rank, and a Fréchet distance from it means little.
    ///
    /// # Shapes
    /// `rows` [n, dim]
    ///
    /// # Errors
    /// n ≤ dim, a broken last row, a NaN or infinity.
    ///
    /// ```
    /// use sparring_metrics::FeatureMoments;
    /// let moments = FeatureMoments::of(&[0.0, 2.0, 4.0], 1)?;
    /// assert_eq!((moments.mean(), moments.covariance(), moments.n()), (&[2.0][..], &[4.0][..], 3));
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn of(rows: &[f32], dim: usize) -> Result<Self, MetricsError> {
        let n = at_least("features", rows, dim, dim.saturating_add(1))?;
        let (mean, biased) = covariance(rows, dim);
        Ok(Self { mean, covariance: biased * (n as f64 / (n - 1) as f64), n })
    }

    /// From stored moments.
    ///
    /// # Shapes
    /// `mean` `[dim]`, `covariance` [dim, dim]
    ///
    /// # Errors
    /// Another length, a NaN or infinity, a covariance that is not symmetric or has a negative variance, n ≤ dim.
    pub fn new(mean: Vec<f64>, covariance: &[f64], n: usize) -> Result<Self, MetricsError> {
        let dim = mean.len();
        if dim == 0 {
            return Err(MetricsError::Empty);
        }
        if dim.checked_mul(dim) != Some(covariance.len()) {
            let expected = dim.saturating_mul(dim);
            return Err(MetricsError::Length { what: "covariance", given: covariance.len(), expected });
        }
        if n <= dim {
            return Err(MetricsError::TooFew { what: "features", rows: n, least: dim + 1 });
        }
        if !mean.iter().chain(covariance).all(|x| x.is_finite()) {
            return Err(MetricsError::Range { what: "moments", must: "finite" });
        }
        let covariance = DMatrix::from_row_slice(dim, dim, covariance);
        let asymmetry = (&covariance - covariance.transpose()).amax();
        if asymmetry > SLACK * covariance.amax() || covariance.diagonal().iter().any(|&v| v < 0.0) {
            return Err(MetricsError::Range {
                what: "covariance",
                must: "symmetric, without negative variances",
            });
        }
        Ok(Self { covariance: (&covariance + covariance.transpose()) * 0.5, mean, n })
    }

    /// Mean row, `[dim]`.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Unbiased covariance, [dim, dim], symmetric.
    pub fn covariance(&self) -> &[f64] {
        self.covariance.as_slice()
    }

    /// Number of rows.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Elements of a row.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    pub(super) fn matrix(&self) -> &DMatrix<f64> {
        &self.covariance
    }
}
