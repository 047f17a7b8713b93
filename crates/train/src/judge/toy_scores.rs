//! Samples of mixtures whose modes are known.

use super::settings::JudgeSettings;
use crate::TrainError;
use serde::{Deserialize, Serialize};
use sparring_datasets::Split;
use sparring_datasets::synthetic::Modes;
use sparring_metrics::GaussianModes;

/// What a generator makes of a mixture of Gaussians in the plane.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToyScores {
    /// Points looked at.
    pub samples: usize,
    /// Modes with at least one point of high quality.
    pub modes: usize,
    /// Modes there are.
    pub of: usize,
    /// Share of points less than three standard deviations from the nearest mode.
    pub high_quality: f64,
    /// The same of as many real points, about 1 − e^(−4.5) = 0.989.
    pub high_quality_real: f64,
    /// KL(generated ‖ uniform) over the modes, of points of high quality, in nats; `None` if there is none.
    pub reverse_kl: Option<f64>,
    /// The same of as many real points.
    pub reverse_kl_real: Option<f64>,
}

/// [`ToyScores`] of the first [`JudgeSettings::toy_samples`] samples, as the set has its points, and of as many real ones.
///
/// # Shapes
/// `samples` [n, 2]
///
/// # Errors
/// [`TrainError::Metrics`] for no sample, a broken last one, a number that is not finite.
///
/// Source: Lin et al. 2018 (PacGAN, arXiv:1712.04086), section 4.1.
pub fn toy_scores(
    samples: &[f32],
    modes: &Modes,
    real: &Split,
    settings: &JudgeSettings,
) -> Result<ToyScores, TrainError> {
    settings.validate()?;
    let mixture = GaussianModes::new(modes.centres.concat(), 2, modes.sigma)?;
    let samples = &samples[..samples.len().min(2 * settings.toy_samples)];
    let n = samples.len() / 2;
    let found = mixture.score(samples)?;
    let of_real = mixture.score(&real.first(n).all().x)?;
    Ok(ToyScores {
        samples: n,
        modes: found.modes,
        of: modes.centres.len(),
        high_quality: found.high_quality,
        high_quality_real: of_real.high_quality,
        reverse_kl: found.reverse_kl,
        reverse_kl_real: of_real.reverse_kl,
    })
}
