//! Gaussian mixtures by expectation and maximisation.

use nalgebra::DMatrix;

use super::config::{CovarianceKind, MixtureConfig};
use super::density::GaussianMixture;
use super::start::spread_rows;
use crate::MetricsError;
use crate::decompose::{Leading, cholesky, leading};
use crate::pca::covariance;
use crate::rows::at_least;

/// A fitted mixture and how it got there.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureFit {
    /// The mixture after the last step.
    pub mixture: GaussianMixture,
    /// Mean log-likelihood of a row, in nats: at the start and after each step. It never falls but by rounding.
    pub log_likelihoods: Vec<f64>,
    /// Whether the last step gained less than the tolerance.
    pub converged: bool,
}

/// Sums of responsibilities r_k(x) over all rows, about the old means: Σ r, Σ r o and Σ r o oᵀ (its lower half) of o = x − m_k.
struct Sums {
    counts: Vec<f64>,
    offsets: Vec<f64>,
    squares: Vec<f64>,
}

impl MixtureFit {
    /// Fits by EM from rows chosen by k-means++, one uniform number a component. All components begin with the covariance of all rows.
    ///
    /// Variances below the floor are lifted to it in the direction they are in, which is the best step under that constraint: the
    /// likelihood still never falls. Memory does not grow with the rows.
    ///
    /// # Shapes
    /// `rows` [n, dim], `uniforms` `[components]` in [0, 1)
    ///
    /// # Errors
    /// Fewer rows than components, a broken last row, a NaN, bad settings, uniforms that do not fit.
    ///
    /// Source: Dempster, Laird, Rubin, J. Royal Stat. Soc. B 39 (1977); Bishop, Pattern Recognition and Machine Learning, section 9.2.
    ///
    /// ```
    /// use sparring_metrics::{MixtureConfig, MixtureFit};
    /// let rows = [-1.0, -1.1, -0.9, 4.0, 4.2, 3.8, 4.0, 4.1];
    /// let config = MixtureConfig { components: 2, tolerance: 1e-9, ..MixtureConfig::default() };
    /// let fit = MixtureFit::new(&rows, 1, &config, &[0.1, 0.9])?;
    /// assert!((fit.mixture.means()[0] + 1.0).abs() < 1e-6 && (fit.mixture.weights()[0] - 0.375).abs() < 1e-6);
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn new(
        rows: &[f32],
        dim: usize,
        config: &MixtureConfig,
        uniforms: &[f64],
    ) -> Result<Self, MetricsError> {
        config.validate()?;
        at_least("rows of a mixture", rows, dim, config.components)?;
        if uniforms.len() != config.components {
            let (given, expected) = (uniforms.len(), config.components);
            return Err(MetricsError::Length { what: "uniforms", given, expected });
        }
        if !uniforms.iter().all(|u| (0.0..=1.0).contains(u)) {
            return Err(MetricsError::Range { what: "uniforms", must: "in [0, 1)" });
        }
        Self::from_means(rows, dim, config, spread_rows(rows, dim, uniforms))
    }

    /// As [`MixtureFit::new`], from given centres.
    ///
    /// # Shapes
    /// `rows` [n, dim], `means` [components, dim]
    ///
    /// # Errors
    /// As [`MixtureFit::new`]; centres that do not fit.
    pub fn from_means(
        rows: &[f32],
        dim: usize,
        config: &MixtureConfig,
        means: Vec<f64>,
    ) -> Result<Self, MetricsError> {
        config.validate()?;
        let n = at_least("rows of a mixture", rows, dim, config.components)?;
        let (_, all) = covariance(rows, dim);
        let one = match config.covariance {
            CovarianceKind::Full => lifted(all.as_slice().to_vec(), dim, config.floor)?,
            CovarianceKind::Diagonal => all.diagonal().iter().map(|v| v.max(config.floor)).collect(),
        };
        let weights = vec![1.0 / config.components as f64; config.components];
        let covariances = one.repeat(config.components);
        let mut mixture = GaussianMixture::new(weights, means, covariances, dim, config.covariance)?;
        let (mut sums, mut before) = expect(&mixture, rows);
        let mut log_likelihoods = vec![before];
        let mut converged = false;
        for _ in 0..config.max_steps {
            mixture = maximise(&mixture, &sums, n, config.floor)?;
            let (next, now) = expect(&mixture, rows);
            log_likelihoods.push(now);
            converged = (now - before).abs() < config.tolerance;
            if converged {
                break;
            }
            (sums, before) = (next, now);
        }
        Ok(Self { mixture, log_likelihoods, converged })
    }
}

/// Responsibilities, summed, and the mean log-likelihood of a row.
fn expect(mixture: &GaussianMixture, rows: &[f32]) -> (Sums, f64) {
    let (dim, k) = (mixture.dim(), mixture.weights().len());
    let own = mixture.covariances().len() / k;
    let mut sums = Sums { counts: vec![0.0; k], offsets: vec![0.0; k * dim], squares: vec![0.0; k * own] };
    let (mut joint, mut offset) = (vec![0.0; k], vec![0.0; dim]);
    let mut total = 0.0;
    for row in rows.chunks_exact(dim) {
        let log_density = mixture.joint(row, &mut joint, &mut offset);
        total += log_density;
        for (c, &j) in joint.iter().enumerate() {
            let r = (j - log_density).exp();
            if r == 0.0 {
                continue;
            }
            sums.counts[c] += r;
            let mean = &mixture.means()[c * dim..(c + 1) * dim];
            offset.iter_mut().zip(row.iter().zip(mean)).for_each(|(o, (&x, m))| *o = f64::from(x) - m);
            let firsts = &mut sums.offsets[c * dim..(c + 1) * dim];
            firsts.iter_mut().zip(&offset).for_each(|(s, o)| *s += r * o);
            let squares = &mut sums.squares[c * own..(c + 1) * own];
            match mixture.kind() {
                CovarianceKind::Diagonal => {
                    squares.iter_mut().zip(&offset).for_each(|(s, o)| *s += r * o * o)
                }
                CovarianceKind::Full => {
                    for (i, line) in squares.chunks_exact_mut(dim).enumerate() {
                        let weighted = r * offset[i];
                        line[..=i].iter_mut().zip(&offset).for_each(|(s, o)| *s += weighted * o);
                    }
                }
            }
        }
    }
    (sums, total / (rows.len() / dim) as f64)
}

/// The mixture of the largest expected likelihood. A component that no row belongs to stays where it is, with weight 0.
fn maximise(
    old: &GaussianMixture,
    sums: &Sums,
    n: usize,
    floor: f64,
) -> Result<GaussianMixture, MetricsError> {
    let (dim, own) = (old.dim(), old.covariances().len() / old.weights().len());
    let (mut means, mut covariances) = (old.means().to_vec(), old.covariances().to_vec());
    for (c, &count) in sums.counts.iter().enumerate().filter(|&(_, &count)| count > f64::MIN_POSITIVE) {
        let moved: Vec<f64> = sums.offsets[c * dim..(c + 1) * dim].iter().map(|s| s / count).collect();
        means[c * dim..(c + 1) * dim].iter_mut().zip(&moved).for_each(|(m, d)| *m += d);
        let squares = sums.squares[c * own..(c + 1) * own].iter();
        let covariance = &mut covariances[c * own..(c + 1) * own];
        match old.kind() {
            CovarianceKind::Diagonal => {
                let variances = squares.zip(&moved).map(|(s, d)| (s / count - d * d).max(floor));
                covariance.iter_mut().zip(variances).for_each(|(to, v)| *to = v);
            }
            CovarianceKind::Full => {
                let mut next: Vec<f64> = squares
                    .enumerate()
                    .map(|(at, s)| s / count - moved[at / dim] * moved[at % dim])
                    .collect();
                for i in 0..dim {
                    for j in i + 1..dim {
                        next[i * dim + j] = next[j * dim + i];
                    }
                }
                covariance.copy_from_slice(&lifted(next, dim, floor)?);
            }
        }
    }
    // Rounding must not let the weights drift from a sum of 1.
    let total: f64 = sums.counts.iter().sum();
    debug_assert!((total / n as f64 - 1.0).abs() < 1e-6);
    let weights = sums.counts.iter().map(|c| c / total).collect();
    GaussianMixture::new(weights, means, covariances, dim, old.kind())
}

/// The covariance with all eigenvalues below `floor` lifted to it.
fn lifted(covariance: Vec<f64>, dim: usize, floor: f64) -> Result<Vec<f64>, MetricsError> {
    let mut above = covariance.clone();
    above.iter_mut().step_by(dim + 1).for_each(|v| *v -= floor);
    if cholesky(&above, dim).is_ok() {
        return Ok(covariance);
    }
    let Leading { values, vectors } = leading(&DMatrix::from_row_slice(dim, dim, &covariance), dim)?;
    let mut scaled = vectors.clone();
    for (mut column, v) in scaled.column_iter_mut().zip(&values) {
        column *= v.max(floor);
    }
    let lifted = scaled * vectors.transpose();
    Ok(((&lifted + lifted.transpose()) * 0.5).as_slice().to_vec())
}
