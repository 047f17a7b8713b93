//! The two traits.

use crate::{Batch, Bounds, OracleError};

/// A model that turns examples into logits (not probabilities).
pub trait Classifier {
    /// `[channels, height, width]` of one example; `[1, 1, dim]` for vectors.
    fn shape(&self) -> [usize; 3];
    /// Number of classes.
    fn classes(&self) -> usize;
    /// The box of valid inputs.
    fn bounds(&self) -> Bounds;
    /// Writes the logits, `x.len() × classes()` row by row.
    ///
    /// # Errors
    /// If the shapes do not fit or the model fails.
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError>;
}

/// A model whose gradient with respect to its input can be had.
pub trait Differentiable: Classifier {
    /// Forward, then `cotangent(logits, d_logits)` once, then d(loss)/d(x) into `grad` (shape of `x.data()`).
    ///
    /// Examples are independent: losses are sums over them, never means, and row i of the gradient depends on
    /// row i of the cotangent only. `d_logits` comes filled with zeros.
    ///
    /// # Errors
    /// If the shapes do not fit or the model fails.
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError>;

    /// `k` pull-backs of one input, `grads` holding `k` gradients one after the other. A model that can, does one
    /// forward for all; this default does `k`.
    ///
    /// # Errors
    /// As [`pullback`](Self::pullback), and [`OracleError::Shape`] if `grads` is not `k` gradients long.
    #[allow(clippy::type_complexity)] // a name for the callback would hide what a model has to call
    fn pullbacks(
        &self,
        x: Batch<'_>,
        k: usize,
        cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
        grads: &mut [f32],
    ) -> Result<(), OracleError> {
        if grads.len() != k * x.data().len() {
            return Err(OracleError::Shape(format!(
                "{} numbers for {k} gradients of {}",
                grads.len(),
                x.data().len()
            )));
        }
        for (i, grad) in grads.chunks_exact_mut(x.data().len().max(1)).enumerate() {
            self.pullback(x, &mut |z, dz| cotangent(i, z, dz), grad)?;
        }
        Ok(())
    }
}

impl<M: Classifier + ?Sized> Classifier for &M {
    fn shape(&self) -> [usize; 3] {
        (**self).shape()
    }
    fn classes(&self) -> usize {
        (**self).classes()
    }
    fn bounds(&self) -> Bounds {
        (**self).bounds()
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        (**self).logits(x, out)
    }
}

impl<M: Differentiable + ?Sized> Differentiable for &M {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        (**self).pullback(x, cotangent, grad)
    }
    fn pullbacks(
        &self,
        x: Batch<'_>,
        k: usize,
        cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
        grads: &mut [f32],
    ) -> Result<(), OracleError> {
        (**self).pullbacks(x, k, cotangent, grads)
    }
}
