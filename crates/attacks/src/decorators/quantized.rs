//! Inputs of a few levels, as a picture file has them.

use crate::AttackError;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

/// logits(x) = inner(x rounded to the nearest of `levels` values, evenly spaced over the box); 256 is what an 8-bit picture keeps of an adversarial example.
///
/// Rounding has no derivative. The gradient is that of the model at the rounded input, as if rounding were the identity (the straight-through estimate: BPDA, Athalye et al. 2018,
/// arXiv:1802.00420), for without it every attack by gradients would stand still.
#[derive(Clone, Debug)]
pub struct Quantized<M> {
    inner: M,
    levels: u32,
}

impl<M: Classifier> Quantized<M> {
    /// # Errors
    /// If there are fewer than 2 levels, or more than 2²⁴, which `f32` cannot tell apart.
    pub fn new(inner: M, levels: u32) -> Result<Self, AttackError> {
        if (2..=1 << 24).contains(&levels) {
            return Ok(Self { inner, levels });
        }
        let (of, parameter, value) = ("quantized", "levels", levels.to_string());
        Err(AttackError::Parameter { of, parameter, value, need: "from 2 to 16777216" })
    }
    fn round(&self, x: Batch<'_>) -> Vec<f32> {
        let (bounds, steps) = (self.bounds(), (self.levels - 1) as f32);
        let (lo, width) = (bounds.lo(), bounds.hi() - bounds.lo());
        let round = |&v: &f32| bounds.clip(lo + ((v - lo) / width * steps).round() / steps * width);
        x.data().iter().map(round).collect()
    }
}

impl<M: Classifier> Classifier for Quantized<M> {
    fn shape(&self) -> [usize; 3] {
        self.inner.shape()
    }
    fn classes(&self) -> usize {
        self.inner.classes()
    }
    fn bounds(&self) -> Bounds {
        self.inner.bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.inner.logits(x.with_data(&self.round(x))?, out)
    }
}

impl<M: Differentiable> Differentiable for Quantized<M> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.inner.pullback(x.with_data(&self.round(x))?, cotangent, grad)
    }
    fn pullbacks(
        &self,
        x: Batch<'_>,
        k: usize,
        cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
        grads: &mut [f32],
    ) -> Result<(), OracleError> {
        self.inner.pullbacks(x.with_data(&self.round(x))?, k, cotangent, grads)
    }
}
