//! Normalisation inside the model, so that eps, box and attack stay in pixels.

use crate::AttackError;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

/// logits(x) = inner((x − mean_c) / std_c) with one mean and deviation a channel; the gradient is with respect to `x`.
///
/// Attacking the normalised input instead would make `eps` mean `eps · std`: the most common mistake in practice.
#[derive(Clone, Debug)]
pub struct Normalized<M> {
    inner: M,
    mean: Vec<f32>,
    std: Vec<f32>,
    bounds: Bounds,
}

impl<M: Classifier> Normalized<M> {
    /// `bounds` is the box of the raw input (pixels: [`Bounds::UNIT`]); the inner model's own box is not used.
    ///
    /// # Errors
    /// If there is not one finite mean and one finite, positive deviation for each channel.
    pub fn new(inner: M, mean: &[f32], std: &[f32], bounds: Bounds) -> Result<Self, AttackError> {
        let channels = inner.shape()[0];
        for (what, got) in [("means, one a channel", mean.len()), ("deviations, one a channel", std.len())] {
            if got != channels {
                return Err(AttackError::Length { what, expected: channels, got });
            }
        }
        let of = "normalized";
        if let Some(m) = mean.iter().find(|m| !m.is_finite()) {
            return Err(AttackError::Parameter {
                of,
                parameter: "mean",
                value: m.to_string(),
                need: "finite",
            });
        }
        if let Some(s) = std.iter().find(|s| !(s.is_finite() && **s > 0.0)) {
            let (value, need) = (s.to_string(), "finite and above 0");
            return Err(AttackError::Parameter { of, parameter: "std", value, need });
        }
        Ok(Self { inner, mean: mean.to_vec(), std: std.to_vec(), bounds })
    }

    fn map(&self, x: Batch<'_>) -> Vec<f32> {
        let mut z = x.data().to_vec();
        self.by_channel(x, &mut z, |v, mean, std| (v - mean) / std);
        z
    }

    fn by_channel(&self, x: Batch<'_>, data: &mut [f32], f: impl Fn(f32, f32, f32) -> f32) {
        let [channels, height, width] = x.shape();
        for (plane, values) in data.chunks_exact_mut((height * width).max(1)).enumerate() {
            // A batch of another shape is the inner model's to refuse; here it must only not panic.
            let c = (plane % channels.max(1)).min(self.mean.len() - 1);
            for v in values {
                *v = f(*v, self.mean[c], self.std[c]);
            }
        }
    }
}

impl<M: Classifier> Classifier for Normalized<M> {
    fn shape(&self) -> [usize; 3] {
        self.inner.shape()
    }
    fn classes(&self) -> usize {
        self.inner.classes()
    }
    fn bounds(&self) -> Bounds {
        self.bounds
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.inner.logits(x.with_data(&self.map(x))?, out)
    }
}

impl<M: Differentiable> Differentiable for Normalized<M> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.inner.pullback(x.with_data(&self.map(x))?, cotangent, grad)?;
        self.by_channel(x, grad, |g, _, std| g / std);
        Ok(())
    }
    fn pullbacks(
        &self,
        x: Batch<'_>,
        k: usize,
        cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
        grads: &mut [f32],
    ) -> Result<(), OracleError> {
        self.inner.pullbacks(x.with_data(&self.map(x))?, k, cotangent, grads)?;
        self.by_channel(x, grads, |g, _, std| g / std);
        Ok(())
    }
}
