//! A law of codes, to draw new images from: a plain autoencoder has none by itself.

use crate::StudyError;
use sparring_metrics::{CovarianceKind, GaussianMixture, MixtureConfig, MixtureFit};
use sparring_seed::Key;

/// Codes that a mixture is fitted to, at most.
pub const SAMPLER_ROWS: usize = 10_000;

/// Codes with more numbers get a variance for each number instead of covariances: they would be more than the codes tell.
const FULL: usize = 64;
/// Steps of the fit at most.
const STEPS: usize = 40;

/// A Gaussian mixture fitted to the codes of training images.
///
/// Source: Ghosh et al. 2020, "From variational to deterministic autoencoders", arXiv:1903.12436 (ex-post density estimation).
#[derive(Clone, Debug)]
pub struct CodeSampler {
    mixture: GaussianMixture,
    converged: bool,
}

impl CodeSampler {
    /// Fits so many components, or as many as there are codes, to codes `[n, k]`. Covariances are whole matrices up to 64 numbers, diagonal beyond.
    ///
    /// # Errors
    /// [`StudyError::Codes`] for no component, no code, or codes that are not finite.
    pub fn fit(codes: &[f32], k: usize, components: usize, key: Key) -> Result<Self, StudyError> {
        let n = codes.len() / k.max(1);
        let covariance = if k <= FULL { CovarianceKind::Full } else { CovarianceKind::Diagonal };
        let variance = super::features::variances(codes, k).iter().sum::<f64>() / k as f64;
        // Relative, so that the unit of the codes does not matter.
        let floor = (1e-4 * variance).max(1e-12);
        let config = MixtureConfig {
            components: components.min(n),
            covariance,
            floor,
            max_steps: STEPS,
            ..MixtureConfig::default()
        };
        let mut rng = key.named("mixture").rng(0);
        let uniforms: Vec<f64> = (0..config.components).map(|_| rng.uniform_f64()).collect();
        let fit = MixtureFit::new(codes, k, &config, &uniforms).map_err(StudyError::codes)?;
        Ok(Self { mixture: fit.mixture, converged: fit.converged })
    }
    /// Gaussians of the mixture.
    pub fn components(&self) -> usize {
        self.mixture.weights().len()
    }
    /// Whether the fit ended by itself, and not by its greatest number of steps.
    pub fn converged(&self) -> bool {
        self.converged
    }
    /// Whether components have whole covariance matrices.
    pub fn is_full(&self) -> bool {
        self.mixture.kind() == CovarianceKind::Full
    }
    /// Codes `[ids.len(), k]`; row i depends on `key` and `ids[i]` alone.
    ///
    /// # Errors
    /// None that a fitted mixture gives.
    pub fn draw(&self, key: Key, ids: &[u64]) -> Result<Vec<f32>, StudyError> {
        let (mut uniforms, mut normals) = (Vec::new(), Vec::new());
        for &id in ids {
            let mut rng = key.rng(id);
            uniforms.push(rng.uniform_f64());
            normals.extend((0..self.mixture.dim()).map(|_| rng.normal()));
        }
        self.mixture.sample(&uniforms, &normals).map_err(StudyError::codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::features::variances;

    #[test]
    fn what_is_drawn_is_spread_as_the_codes_are() {
        let mut rng = Key::new(4).rng(0);
        let codes: Vec<f32> = (0..2000)
            .flat_map(|i| {
                let (a, b) = (rng.normal() as f32, rng.normal() as f32);
                let side = if i % 4 == 0 { 6.0 } else { -2.0 };
                [side + 0.3 * a, 0.5 * a + 0.2 * b]
            })
            .collect();
        let sampler = CodeSampler::fit(&codes, 2, 2, Key::new(1)).unwrap();
        let ids: Vec<u64> = (0..4000).collect();
        let drawn = sampler.draw(Key::new(2), &ids).unwrap();
        for (got, want) in variances(&drawn, 2).iter().zip(variances(&codes, 2)) {
            assert!((got / want - 1.0).abs() < 0.08, "{got} {want}");
        }
        let right = drawn.chunks(2).filter(|z| z[0] > 2.0).count() as f64 / 4000.0;
        assert!((right - 0.25).abs() < 0.03, "{right}");
        let covariance = |codes: &[f32], near: bool| {
            let own: Vec<_> = codes.chunks(2).filter(|z| (z[0] > 2.0) == near).collect();
            let n = own.len() as f64;
            let mean = |j: usize| own.iter().map(|z| f64::from(z[j])).sum::<f64>() / n;
            let (a, b) = (mean(0), mean(1));
            own.iter().map(|z| (f64::from(z[0]) - a) * (f64::from(z[1]) - b)).sum::<f64>() / n
        };
        assert!((covariance(&drawn, true) - covariance(&codes, true)).abs() < 0.03);
        // An example's draw is its own.
        assert_eq!(sampler.draw(Key::new(2), &[17]).unwrap(), drawn[34..36]);
        assert_eq!(CodeSampler::fit(&codes[..6], 2, 10, Key::new(1)).unwrap().components(), 3);
    }
}
