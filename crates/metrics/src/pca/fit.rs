//! PCA by the eigenvectors of the covariance.

use nalgebra::DMatrix;

use super::covariance::covariance;
use super::gram;
use crate::MetricsError;
use crate::decompose::{Leading, leading, orthonormal};
use crate::rows::count;

/// Rows coded at once, so that a large set needs no second copy in `f64`.
const PANEL: usize = 512;

/// The `k` directions of largest variance: among all linear codes of size `k`, the one with the least squared error.
///
/// code = Vᵀ(x − mean), reconstruction = mean + V·code, V the leading eigenvectors of the covariance.
///
/// Source: Pearson 1901; Eckart and Young, Psychometrika 1 (1936). A linear autoencoder can at best equal it
/// (Baldi and Hornik, Neural Networks 2, 1989).
#[derive(Debug, Clone, PartialEq)]
pub struct Pca {
    mean: Vec<f64>,
    /// [dim, k], orthonormal columns, each with a variance above 0.
    directions: DMatrix<f64>,
    /// All dim eigenvalues, largest first.
    variances: Vec<f64>,
}

impl Pca {
    /// Fits the first `k` components of `rows`; exact, in `f64`, the same bits every time.
    ///
    /// Each direction is signed so that its element of largest magnitude is positive. Directions without variance are none: of n
    /// rows there are at most n − 1, and [`Pca::k`] says how many were found.
    ///
    /// # Shapes
    /// `rows` [n, dim]
    ///
    /// # Errors
    /// No rows, a broken last row, a NaN or infinity, `k` outside 1..=dim, or no decomposition that holds to working precision.
    ///
    /// ```
    /// use sparring_metrics::Pca;
    /// let pca = Pca::fit(&[1.0, 1.0, -1.0, -1.0, 0.1, -0.1, -0.1, 0.1], 2, 1)?;
    /// assert!(pca.explained() > 0.98);
    /// assert!((pca.direction(0)[0] - 0.5f64.sqrt()).abs() < 1e-12);
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn fit(rows: &[f32], dim: usize, k: usize) -> Result<Self, MetricsError> {
        if dim > 0 && !(1..=dim).contains(&k) {
            return Err(MetricsError::Components { k, dim });
        }
        let n = count(rows, dim)?;
        let (mean, Leading { values, vectors }) = if n < dim {
            gram::components(rows, dim, k)?
        } else {
            let (mean, covariance) = covariance(rows, dim);
            (mean, leading(&covariance, k)?)
        };
        // What rounding makes of an eigenvalue 0, as in numpy's `matrix_rank`; it may be negative, too.
        let least = values[0] * f64::EPSILON * n.max(dim) as f64;
        let rank = values.iter().take_while(|&&v| v > least).count();
        let mut directions = orthonormal(&vectors.columns(0, rank.min(vectors.ncols())).into_owned(), 1e-6);
        if directions.ncols() < rank.min(k) || !directions.iter().all(|x| x.is_finite()) {
            return Err(MetricsError::NoConvergence);
        }
        for mut direction in directions.column_iter_mut() {
            if direction[direction.icamax()] < 0.0 {
                direction.neg_mut();
            }
        }
        let variances = values.iter().map(|&v| if v > least { v } else { 0.0 }).collect();
        Ok(Self { mean, directions, variances })
    }

    /// Elements of a row.
    pub fn dim(&self) -> usize {
        self.directions.nrows()
    }

    /// Number of components: those asked for, or those that the fitted rows have, if they are fewer.
    pub fn k(&self) -> usize {
        self.directions.ncols()
    }

    /// Mean of the rows that were fitted, `[dim]`.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Direction `i`, `[dim]`, of length 1, orthogonal to the others.
    ///
    /// # Panics
    /// If `i` is not below [`Pca::k`].
    #[track_caller]
    pub fn direction(&self, i: usize) -> &[f64] {
        assert!(i < self.k(), "direction {i} of {} components", self.k());
        let dim = self.dim();
        &self.directions.as_slice()[i * dim..(i + 1) * dim]
    }

    /// All directions, one after the other, [k, dim].
    pub fn directions(&self) -> &[f64] {
        self.directions.as_slice()
    }

    /// Variance along every eigenvector of the covariance, largest first, `[dim]`; the first [`Pca::k`] are kept.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// Share of the total variance that the kept components explain, in [0, 1]; 1 if there is no variance at all.
    pub fn explained(&self) -> f64 {
        let total: f64 = self.variances.iter().sum();
        if total == 0.0 { 1.0 } else { self.variances[..self.k()].iter().sum::<f64>() / total }
    }

    /// Codes of `rows`.
    ///
    /// # Shapes
    /// `rows` [n, dim] -> [n, k]
    ///
    /// # Panics
    /// If `rows` is not a whole number of rows.
    #[track_caller]
    pub fn project(&self, rows: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(rows.len() / self.dim() * self.k());
        for block in self.panels("project", rows) {
            out.extend(self.code(&self.centred(block)).iter().map(|&c| c as f32));
        }
        out
    }

    /// Rows coded with `k` numbers each and decoded again.
    ///
    /// # Shapes
    /// `rows` [n, dim] -> [n, dim]
    ///
    /// # Panics
    /// If `rows` is not a whole number of rows.
    #[track_caller]
    pub fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
        let mut out = Vec::with_capacity(rows.len());
        for block in self.panels("reconstruct", rows) {
            let decoded = self.decoded(&self.centred(block));
            for row in decoded.column_iter() {
                out.extend(row.iter().zip(&self.mean).map(|(x, m)| (x + m) as f32));
            }
        }
        out
    }

    /// Rows of codes: mean + V·code.
    ///
    /// # Shapes
    /// `codes` [n, k] -> [n, dim]
    ///
    /// # Panics
    /// If `codes` is not a whole number of codes.
    ///
    /// ```
    /// use sparring_metrics::Pca;
    /// let pca = Pca::fit(&[1.0, 1.0, 3.0, 3.0], 2, 1)?;
    /// let row = pca.expand(&[2f32.sqrt()]);
    /// assert!((row[0] - 3.0).abs() < 1e-6 && (row[1] - 3.0).abs() < 1e-6);
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    #[track_caller]
    pub fn expand(&self, codes: &[f32]) -> Vec<f32> {
        let (k, dim) = (self.k(), self.dim());
        assert!(
            k > 0 && codes.len().is_multiple_of(k),
            "expand: {} numbers are not codes of {k}",
            codes.len()
        );
        let mut out = Vec::with_capacity(codes.len() / k * dim);
        for block in codes.chunks(PANEL * k) {
            let codes = DMatrix::from_iterator(k, block.len() / k, block.iter().map(|&c| f64::from(c)));
            for row in (&self.directions * codes).column_iter() {
                out.extend(row.iter().zip(&self.mean).map(|(x, m)| (x + m) as f32));
            }
        }
        out
    }

    /// Mean squared error per element of reconstructing `rows`, in `f64` throughout; NaN for no rows.
    ///
    /// # Shapes
    /// `rows` [n, dim]
    ///
    /// # Panics
    /// If `rows` is not a whole number of rows.
    #[track_caller]
    pub fn mse(&self, rows: &[f32]) -> f64 {
        let mut sum = 0.0;
        for block in self.panels("mse", rows) {
            let centred = self.centred(block);
            sum += (self.decoded(&centred) - centred).norm_squared();
        }
        sum / rows.len() as f64
    }

    #[track_caller]
    fn panels<'a>(&self, name: &str, rows: &'a [f32]) -> std::slice::Chunks<'a, f32> {
        let dim = self.dim();
        assert!(rows.len().is_multiple_of(dim), "{name}: {} elements are not rows of {dim}", rows.len());
        rows.chunks(PANEL * dim)
    }

    /// [n, dim] rows to a [dim, n] matrix of centred columns.
    fn centred(&self, block: &[f32]) -> DMatrix<f64> {
        let dim = self.dim();
        let elements = block.iter().enumerate().map(|(i, &x)| f64::from(x) - self.mean[i % dim]);
        DMatrix::from_iterator(dim, block.len() / dim, elements)
    }

    fn code(&self, centred: &DMatrix<f64>) -> DMatrix<f64> {
        self.directions.transpose() * centred
    }

    fn decoded(&self, centred: &DMatrix<f64>) -> DMatrix<f64> {
        &self.directions * self.code(centred)
    }
}
