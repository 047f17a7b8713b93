//! The traits.

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
    /// The first layer by itself, of a model that can answer for a change of a few numbers faster than for a whole example; `None`, as by default, of one that cannot.
    fn first_layer(&self) -> Option<&dyn FirstLayer> {
        None
    }
}

/// The first layer of a model, where it is linear in its input: an attack that changes few numbers at a time keeps its output and asks for the change alone.
pub trait FirstLayer {
    /// Numbers of its output for an example.
    fn width(&self) -> usize;
    /// Changed numbers up to which [`change`](Self::change) is cheaper than [`outputs`](Self::outputs).
    fn max_changes(&self) -> usize;
    /// The output for whole examples, `x.len() × width()` row by row.
    ///
    /// # Errors
    /// If the shapes do not fit or the model fails.
    fn outputs(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError>;
    /// Adds to the output for one example what changing these numbers by so much makes of it.
    ///
    /// # Panics
    /// If a place is none of an example, or `out` is not `width()` long.
    fn change(&self, by: &[(usize, f32)], out: &mut [f32]);
    /// Logits of examples of which this is the first layer's output; those of [`Classifier::logits`] up to rounding.
    ///
    /// # Errors
    /// As [`outputs`](Self::outputs).
    fn logits_from(&self, outputs: &[f32], out: &mut [f32]) -> Result<(), OracleError>;
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
    fn first_layer(&self) -> Option<&dyn FirstLayer> {
        (**self).first_layer()
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
