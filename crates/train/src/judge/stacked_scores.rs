//! Samples of stacked digits.

use super::net::Judge;
use super::settings::JudgeSettings;
use crate::TrainError;
use serde::{Deserialize, Serialize};
use sparring_datasets::Split;
use sparring_metrics::stacked_modes;

/// Real images whose pixels are in memory at once.
const BLOCK: usize = 2000;

/// What a generator makes of images whose three channels are digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackedScores {
    /// Images looked at.
    pub samples: usize,
    /// Triples of digits among them, of 1,000.
    pub modes: usize,
    /// Triples among as many real images, or as many as there are.
    pub modes_real: usize,
    /// KL(generated ‖ uniform) over the 1,000 triples, in nats.
    pub reverse_kl: f64,
    /// The same of real images: above 0 since they are few, about 999 / 2n.
    pub reverse_kl_real: f64,
    /// Share of the digits of real test images that the judge reads rightly.
    pub judge_accuracy: f64,
}

/// [`StackedScores`] of the first [`JudgeSettings::stacked_samples`] samples in [0, 1]; real ones are those of `train`, and the judge is tested on `test`.
///
/// # Shapes
/// `samples` [n, 3, 28, 28]
///
/// # Errors
/// [`TrainError::Data`] for broken samples; [`TrainError::Metrics`] for none.
///
/// Source: Srivastava et al. 2017 (arXiv:1705.07761); Lin et al. 2018 (PacGAN, arXiv:1712.04086), section 4.2.
pub fn stacked_scores(
    samples: &[f32],
    [train, test]: [&Split; 2],
    settings: &JudgeSettings,
) -> Result<StackedScores, TrainError> {
    settings.validate()?;
    let dim = train.dim();
    let samples = &samples[..samples.len().min(settings.stacked_samples * dim)];
    let n = samples.len() / dim;
    let found = stacked_modes(&digits(samples)?)?;
    let of_real = stacked_modes(&digits_of(&train.first(n))?)?;
    // Twelve thousand digits tell a tenth of a percent apart.
    let test = test.first(4000);
    let read = digits_of(&test)?;
    let right = read.iter().zip(test.labels()).map(|(digits, label)| {
        let own = [label / 100, label / 10 % 10, label % 10];
        digits.iter().zip(own).filter(|(d, o)| **d == *o).count()
    });
    Ok(StackedScores {
        samples: n,
        modes: found.modes,
        modes_real: of_real.modes,
        reverse_kl: found.kl,
        reverse_kl_real: of_real.kl,
        judge_accuracy: right.sum::<usize>() as f64 / (3 * test.len()) as f64,
    })
}

/// [`digits`] of real images, a block at a time.
fn digits_of(split: &Split) -> Result<Vec<[usize; 3]>, TrainError> {
    let mut all = Vec::with_capacity(split.len());
    for first in (0..split.len()).step_by(BLOCK) {
        all.extend(digits(&split.range(first..split.len().min(first + BLOCK)).all().x)?);
    }
    Ok(all)
}

/// The digits that the judge reads in the three channels of each image.
fn digits(images: &[f32]) -> Result<Vec<[usize; 3]>, TrainError> {
    let single = Judge::shipped().look(images)?.classes();
    Ok(single.as_chunks::<3>().0.to_vec())
}
