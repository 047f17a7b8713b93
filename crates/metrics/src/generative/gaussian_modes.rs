//! Toy mixtures whose modes are known: which does a generator hit, and how well?

use super::class_histogram::ClassHistogram;
use crate::MetricsError;
use crate::rows::count;

/// Standard deviations from a centre within which a sample is of high quality.
const REACH: f64 = 3.0;

/// A mixture of equally likely Gaussians N(centre, sigma² I).
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianModes {
    centres: Vec<f64>,
    dim: usize,
    sigma: f64,
}

/// What a generator makes of a mixture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModeScore {
    /// Modes with at least one sample of high quality.
    pub modes: usize,
    /// Share of samples less than 3 sigma from their nearest centre.
    pub high_quality: f64,
    /// KL(generated ‖ uniform) over the modes, of samples of high quality, in nats; `None` if there is none.
    pub reverse_kl: Option<f64>,
}

impl GaussianModes {
    /// Any mixture.
    ///
    /// # Shapes
    /// `centres` [modes, dim]
    ///
    /// # Errors
    /// No centre, a broken last one, a NaN, or a sigma that is not above 0.
    pub fn new(centres: Vec<f64>, dim: usize, sigma: f64) -> Result<Self, MetricsError> {
        if centres.is_empty() || dim == 0 {
            return Err(MetricsError::Empty);
        }
        if !centres.len().is_multiple_of(dim) {
            return Err(MetricsError::Ragged { len: centres.len(), dim });
        }
        if let Some(at) = centres.iter().position(|x| !x.is_finite()) {
            return Err(MetricsError::NotFinite { row: at / dim });
        }
        if !(sigma > 0.0 && sigma.is_finite()) {
            return Err(MetricsError::Range { what: "sigma", must: "above 0" });
        }
        Ok(Self { centres, dim, sigma })
    }

    /// Eight modes on the unit circle, the first at (1, 0), sigma 0.01.
    ///
    /// Source: Lin et al. 2018 (PacGAN, arXiv:1712.04086), section 4.1.
    pub fn ring_8() -> Self {
        let angle = |i: usize| std::f64::consts::FRAC_PI_4 * i as f64;
        let centres = (0..8).flat_map(|i| [angle(i).cos(), angle(i).sin()]).collect();
        Self { centres, dim: 2, sigma: 0.01 }
    }

    /// Twenty-five modes at −4, −2, 0, 2, 4 in both axes, sigma 0.05.
    ///
    /// Source: Lin et al. 2018 (PacGAN, arXiv:1712.04086), section 4.1.
    pub fn grid_25() -> Self {
        let at = |i: usize| 2.0 * i as f64 - 4.0;
        let centres = (0..25).flat_map(|i| [at(i / 5), at(i % 5)]).collect();
        Self { centres, dim: 2, sigma: 0.05 }
    }

    /// Centres, [modes, dim].
    pub fn centres(&self) -> &[f64] {
        &self.centres
    }

    /// Elements of a sample.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Standard deviation along every axis.
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// [`ModeScore`] of `samples`; published figures take 2,500 of them.
    ///
    /// A perfect generator in two dimensions has 1 − e^(−4.5) = 98.9 % of high quality.
    ///
    /// # Shapes
    /// `samples` [n, dim]
    ///
    /// # Errors
    /// No sample, a broken last one, a NaN or infinity.
    ///
    /// Source: the evaluation of PacGAN's published code.
    ///
    /// ```
    /// use sparring_metrics::GaussianModes;
    /// let found = GaussianModes::ring_8().score(&[1.0, 0.0, 0.0, 1.0, 0.02, 1.0, 0.5, 0.5])?;
    /// assert_eq!((found.modes, found.high_quality), (2, 0.75));
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn score(&self, samples: &[f32]) -> Result<ModeScore, MetricsError> {
        let n = count(samples, self.dim)?;
        let reach = (REACH * self.sigma).powi(2);
        let near = |sample: &[f32]| -> Option<usize> {
            let square = |centre: &[f64]| -> f64 {
                centre.iter().zip(sample).map(|(c, &x)| (f64::from(x) - c).powi(2)).sum()
            };
            let (mode, distance) = self
                .centres
                .chunks_exact(self.dim)
                .map(square)
                .enumerate()
                .fold((0, f64::INFINITY), |best, (i, d)| if d < best.1 { (i, d) } else { best });
            (distance < reach).then_some(mode)
        };
        let hits: Vec<usize> = samples.chunks_exact(self.dim).filter_map(near).collect();
        let high_quality = hits.len() as f64 / n as f64;
        if hits.is_empty() {
            return Ok(ModeScore { modes: 0, high_quality, reverse_kl: None });
        }
        let histogram = ClassHistogram::of(&hits, self.centres.len() / self.dim)?;
        let modes = histogram.counts().iter().filter(|&&c| c > 0).count();
        Ok(ModeScore { modes, high_quality, reverse_kl: Some(histogram.kl_to_uniform()) })
    }
}
