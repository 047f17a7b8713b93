//! The contract of a pull-back, held in one place: the model calls the cotangent once a gradient, with the logits of all examples, which are finite.

use crate::AttackError;
use sparring_oracle::{Batch, Differentiable};

/// What a model has done so far.
struct Heard {
    classes: usize,
    expected: usize,
    calls: usize,
    got: usize,
    /// The first example whose logits are not finite.
    bad: Option<usize>,
}

impl Heard {
    fn nothing(classes: usize, examples: usize) -> Self {
        Self { classes, expected: examples * classes, calls: 0, got: 0, bad: None }
    }
    /// One call; whether the cotangent can be written.
    fn call(&mut self, z: &[f32], dz: &[f32]) -> bool {
        if self.calls == 0 || self.got == self.expected {
            self.got = z.len().min(dz.len());
        }
        self.calls += 1;
        let whole = z.len() == self.expected && dz.len() == self.expected;
        if whole && self.bad.is_none() {
            self.bad = z.chunks_exact(self.classes).position(|z| !finite(z));
        }
        whole && self.bad.is_none()
    }
    fn verdict(&self, calls: usize, batch: Batch<'_>) -> Result<(), AttackError> {
        if self.calls != calls || self.got != self.expected {
            return Err(AttackError::Cotangent { calls: self.calls, expected: self.expected, got: self.got });
        }
        self.bad.map_or(Ok(()), |k| Err(AttackError::NonFinite { id: batch.ids()[k] }))
    }
}

pub(crate) fn finite(z: &[f32]) -> bool {
    z.iter().fold(true, |all, z| all & z.is_finite())
}

/// [`Differentiable::pullback`]; `cotangent` sees finite logits only, one row for each example.
///
/// # Errors
/// If the model fails, breaks its contract or says something that is not finite.
pub(crate) fn pullback<M: Differentiable + ?Sized>(
    model: &M,
    batch: Batch<'_>,
    cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
    grad: &mut [f32],
) -> Result<(), AttackError> {
    let mut heard = Heard::nothing(model.classes(), batch.len());
    let ask = &mut |z: &[f32], dz: &mut [f32]| {
        if heard.call(z, dz) {
            cotangent(z, dz);
        }
    };
    model.pullback(batch, ask, grad)?;
    heard.verdict(1, batch)
}

/// [`Differentiable::pullbacks`], as [`pullback`].
///
/// # Errors
/// As [`pullback`].
#[allow(clippy::type_complexity)] // the callback of the oracle
pub(crate) fn pullbacks<M: Differentiable + ?Sized>(
    model: &M,
    batch: Batch<'_>,
    k: usize,
    cotangent: &mut dyn FnMut(usize, &[f32], &mut [f32]),
    grads: &mut [f32],
) -> Result<(), AttackError> {
    let mut heard = Heard::nothing(model.classes(), batch.len());
    let ask = &mut |i: usize, z: &[f32], dz: &mut [f32]| {
        if heard.call(z, dz) {
            cotangent(i, z, dz);
        }
    };
    model.pullbacks(batch, k, ask, grads)?;
    heard.verdict(k, batch)
}
