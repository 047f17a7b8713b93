//! Gradients for a model that has none.

use super::cotangent::filled;
use crate::AttackError;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};

/// A model of logits only, with its gradient by central differences: (f(x + h e_i) − f(x − h e_i)) / 2h in each element, one-sided at the border of the box.
///
/// A gradient costs two queries an element (1,568 for a picture of 28 × 28): meant to check a gradient, or to attack a small model by white-box attacks.
/// SPSA and NES ask far less for a rougher one.
#[derive(Clone, Debug)]
pub struct FiniteDifference<M> {
    inner: M,
    step: f32,
}

impl<M: Classifier> FiniteDifference<M> {
    /// `step` is h, in units of the input; 1e-2 suits models in `f32`, whose logits are rounded to seven digits.
    ///
    /// # Errors
    /// If it is not positive, or more than half of the box.
    pub fn new(inner: M, step: f32) -> Result<Self, AttackError> {
        let bounds = inner.bounds();
        if step > 0.0 && step <= 0.5 * (bounds.hi() - bounds.lo()) {
            return Ok(Self { inner, step });
        }
        let (of, parameter, value) = ("finite difference", "step", step.to_string());
        Err(AttackError::Parameter { of, parameter, value, need: "above 0, half of the box at most" })
    }
}

impl<M: Classifier> Classifier for FiniteDifference<M> {
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
        self.inner.logits(x, out)
    }
}

impl<M: Classifier> Differentiable for FiniteDifference<M> {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        let dz = filled(self, x, cotangent)?;
        if grad.len() != x.data().len() {
            let (got, expected) = (grad.len(), x.data().len());
            return Err(OracleError::Shape(format!("{got} numbers for a gradient of {expected}")));
        }
        let (dim, classes, bounds) = (x.dim(), self.classes(), self.bounds());
        let mut moved = x.data().to_vec();
        let mut z = [vec![0.0; dz.len()], vec![0.0; dz.len()]];
        for i in 0..dim {
            for (side, z) in [self.step, -self.step].into_iter().zip(&mut z) {
                moved.iter_mut().skip(i).step_by(dim).for_each(|v| *v = bounds.clip(*v + side));
                self.inner.logits(x.with_data(&moved)?, z)?;
                moved.iter_mut().zip(x.data()).skip(i).step_by(dim).for_each(|(v, x)| *v = *x);
            }
            for (row, dz) in dz.chunks_exact(classes).enumerate() {
                let at = x.row(row)[i];
                let width = bounds.clip(at + self.step) - bounds.clip(at - self.step);
                let [up, down] = [0, 1].map(|side| &z[side][row * classes..(row + 1) * classes]);
                let rise: f32 =
                    dz.iter().zip(up.iter().zip(down)).map(|(d, (up, down))| d * (up - down)).sum();
                grad[row * dim + i] = rise / width;
            }
        }
        Ok(())
    }
}
