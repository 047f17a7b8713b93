//! A mixture as a density to evaluate and to draw from.

use super::config::CovarianceKind;
use crate::MetricsError;
use crate::decompose::{cholesky, solve_lower};
use crate::rows::count;

/// Density Σ_k w_k N(x; m_k, S_k).
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianMixture {
    dim: usize,
    kind: CovarianceKind,
    weights: Vec<f64>,
    /// [components, dim]
    means: Vec<f64>,
    /// [components, dim] or [components, dim, dim].
    covariances: Vec<f64>,
    /// Roots of the variances, or Cholesky factors; as `covariances`.
    factors: Vec<f64>,
    /// ln w − (dim / 2) ln 2π − ½ ln det S of each component.
    log_scales: Vec<f64>,
}

impl GaussianMixture {
    /// A mixture whose numbers are known.
    ///
    /// # Shapes
    /// `weights` `[components]`, `means` [components, dim], `covariances` [components, dim] if diagonal, else [components, dim, dim]
    ///
    /// # Errors
    /// Slices that do not fit, weights below 0 or that do not sum to 1, a NaN, a covariance that is not positive definite.
    pub fn new(
        weights: Vec<f64>,
        means: Vec<f64>,
        covariances: Vec<f64>,
        dim: usize,
        kind: CovarianceKind,
    ) -> Result<Self, MetricsError> {
        if weights.is_empty() || dim == 0 {
            return Err(MetricsError::Empty);
        }
        let own = if kind == CovarianceKind::Full { dim.saturating_mul(dim) } else { dim };
        for (what, given, each) in [("means", means.len(), dim), ("covariances", covariances.len(), own)] {
            let expected = weights.len().saturating_mul(each);
            if given != expected {
                return Err(MetricsError::Length { what, given, expected });
            }
        }
        if weights.iter().any(|w| w.is_nan() || *w < 0.0) || (weights.iter().sum::<f64>() - 1.0).abs() > 1e-6
        {
            return Err(MetricsError::Range { what: "weights", must: "at least 0, with sum 1" });
        }
        if let Some(at) = means.iter().position(|m| !m.is_finite()) {
            return Err(MetricsError::NotFinite { row: at / dim });
        }
        let mut factors = Vec::with_capacity(covariances.len());
        let mut log_scales = Vec::with_capacity(weights.len());
        for (covariance, weight) in covariances.chunks_exact(own).zip(&weights) {
            let (factor, stride) = match kind {
                CovarianceKind::Full => (cholesky(covariance, dim)?, dim + 1),
                CovarianceKind::Diagonal => (covariance.iter().map(|v| v.sqrt()).collect(), 1),
            };
            if factor.iter().step_by(stride).any(|s| !(*s > 0.0 && s.is_finite())) {
                return Err(MetricsError::Range { what: "variances", must: "above 0" });
            }
            let log_root: f64 = factor.iter().step_by(stride).map(|s| s.ln()).sum();
            log_scales.push(weight.ln() - 0.5 * dim as f64 * std::f64::consts::TAU.ln() - log_root);
            factors.extend(factor);
        }
        Ok(Self { dim, kind, weights, means, covariances, factors, log_scales })
    }

    /// Elements of a row.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Which covariances the components have.
    pub fn kind(&self) -> CovarianceKind {
        self.kind
    }

    /// Share of each component.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Centres, [components, dim].
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// Variances [components, dim], or covariances [components, dim, dim].
    pub fn covariances(&self) -> &[f64] {
        &self.covariances
    }

    /// ln Σ_k w_k N(x; m_k, S_k) of each row, in nats.
    ///
    /// # Shapes
    /// `rows` [n, dim] -> `[n]`
    ///
    /// # Errors
    /// No row, a broken last one, a NaN or infinity.
    ///
    /// ```
    /// use sparring_metrics::{CovarianceKind, GaussianMixture};
    /// let normal = GaussianMixture::new(vec![1.0], vec![0.0], vec![1.0], 1, CovarianceKind::Full)?;
    /// assert!((normal.log_density(&[0.0])?[0] + 0.918_938_533_204_672_7).abs() < 1e-14);
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn log_density(&self, rows: &[f32]) -> Result<Vec<f64>, MetricsError> {
        count(rows, self.dim)?;
        let (mut joint, mut offset) = (vec![0.0; self.weights.len()], vec![0.0; self.dim]);
        Ok(rows.chunks_exact(self.dim).map(|row| self.joint(row, &mut joint, &mut offset)).collect())
    }

    /// Fills in ln w_k N(x; m_k, S_k) of each component and returns the logarithm of the sum; `offset` is scratch, `[dim]`.
    pub(super) fn joint(&self, row: &[f32], joint: &mut [f64], offset: &mut [f64]) -> f64 {
        let own = self.factors.len() / self.weights.len();
        for (k, out) in joint.iter_mut().enumerate() {
            let (mean, factor) = (&self.means[k * self.dim..], &self.factors[k * own..(k + 1) * own]);
            offset.iter_mut().zip(row.iter().zip(mean)).for_each(|(o, (&x, m))| *o = f64::from(x) - m);
            match self.kind {
                CovarianceKind::Full => solve_lower(factor, offset),
                CovarianceKind::Diagonal => offset.iter_mut().zip(factor).for_each(|(o, s)| *o /= s),
            }
            *out = self.log_scales[k] - 0.5 * offset.iter().map(|z| z * z).sum::<f64>();
        }
        let most = joint.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if most == f64::NEG_INFINITY {
            return most;
        }
        most + joint.iter().map(|j| (j - most).exp()).sum::<f64>().ln()
    }

    /// Rows drawn from the mixture: a uniform number picks the component by its weight, dim normal ones the place, m + L z.
    ///
    /// # Shapes
    /// `uniforms` `[n]` in [0, 1), `normals` [n, dim] of mean 0 and variance 1 -> [n, dim]
    ///
    /// # Errors
    /// Slices that do not fit, a uniform number outside [0, 1].
    ///
    /// ```
    /// use sparring_metrics::{CovarianceKind, GaussianMixture};
    /// let two = GaussianMixture::new(vec![0.5, 0.5], vec![-5.0, 5.0], vec![4.0, 1.0], 1, CovarianceKind::Diagonal)?;
    /// assert_eq!(two.sample(&[0.2, 0.7], &[1.0, -1.0])?, [-3.0, 4.0]);
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn sample(&self, uniforms: &[f64], normals: &[f64]) -> Result<Vec<f32>, MetricsError> {
        if uniforms.len().checked_mul(self.dim) != Some(normals.len()) {
            let expected = uniforms.len().saturating_mul(self.dim);
            return Err(MetricsError::Length { what: "normals", given: normals.len(), expected });
        }
        if !uniforms.iter().all(|u| (0.0..=1.0).contains(u)) {
            return Err(MetricsError::Range { what: "uniforms", must: "in [0, 1)" });
        }
        let (dim, own) = (self.dim, self.factors.len() / self.weights.len());
        let mut out = Vec::with_capacity(normals.len());
        for (&u, z) in uniforms.iter().zip(normals.chunks_exact(dim)) {
            let k = self.component(u);
            let (mean, factor) = (&self.means[k * dim..(k + 1) * dim], &self.factors[k * own..(k + 1) * own]);
            out.extend(mean.iter().enumerate().map(|(i, m)| {
                let step = match self.kind {
                    CovarianceKind::Diagonal => factor[i] * z[i],
                    CovarianceKind::Full => (0..=i).map(|j| factor[i * dim + j] * z[j]).sum::<f64>(),
                };
                (m + step) as f32
            }));
        }
        Ok(out)
    }

    /// The first component at which the sum of the weights is above `u`; never one of weight 0.
    fn component(&self, u: f64) -> usize {
        let mut below = 0.0;
        let mut last = 0;
        for (k, &w) in self.weights.iter().enumerate().filter(|&(_, &w)| w > 0.0) {
            below += w;
            last = k;
            if u < below {
                break;
            }
        }
        last
    }
}
