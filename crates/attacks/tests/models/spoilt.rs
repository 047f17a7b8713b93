//! A sound model spoilt in one way: in its outputs or its gradient.

use super::Mlp;
use sparring_oracle::{Batch, Bounds, Classifier, Differentiable, OracleError};
use sparring_seed::Key;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    None,
    Softmax,
    Noisy,
    RoundedInput,
    /// The logits, and so the gradients, times this.
    Scaled(f32),
    NanGradient,
    NanLogits,
    CallsTwice,
    NeverCalls,
}

/// A sound model spoilt in one way.
pub struct Spoilt(Mlp, Fault, AtomicU64);

impl Spoilt {
    pub fn new(sound: Mlp, fault: Fault) -> Self {
        Self(sound, fault, AtomicU64::new(0))
    }
    fn spoil(&self, x: Batch<'_>, z: &mut [f32]) {
        match self.1 {
            Fault::Softmax => {
                for row in z.chunks_exact_mut(3) {
                    let sum: f32 = row.iter().map(|z| z.exp()).sum();
                    row.iter_mut().for_each(|z| *z = z.exp() / sum);
                }
            }
            Fault::Noisy => {
                let call = self.2.fetch_add(1, Ordering::Relaxed);
                let mut s = Key::new(99).rng(call);
                z.iter_mut().for_each(|z| *z += 1e-3 * s.normal() as f32);
            }
            Fault::Scaled(by) => z.iter_mut().for_each(|z| *z *= by),
            Fault::NanLogits => {
                for (row, id) in z.chunks_exact_mut(3).zip(x.ids()) {
                    if *id == 17 {
                        row[1] = f32::NAN;
                    }
                }
            }
            _ => (),
        }
    }
}
impl Classifier for Spoilt {
    fn shape(&self) -> [usize; 3] {
        self.0.shape()
    }
    fn classes(&self) -> usize {
        3
    }
    fn bounds(&self) -> Bounds {
        Bounds::UNIT
    }
    fn logits(&self, x: Batch<'_>, out: &mut [f32]) -> Result<(), OracleError> {
        self.0.logits(x, out)?;
        self.spoil(x, out);
        Ok(())
    }
}
impl Differentiable for Spoilt {
    fn pullback(
        &self,
        x: Batch<'_>,
        cotangent: &mut dyn FnMut(&[f32], &mut [f32]),
        grad: &mut [f32],
    ) -> Result<(), OracleError> {
        self.0.pullback(
            x,
            &mut |z, dz| {
                let mut z = z.to_vec();
                self.spoil(x, &mut z);
                if self.1 != Fault::NeverCalls {
                    cotangent(&z, dz);
                }
                if self.1 == Fault::CallsTwice {
                    cotangent(&z, dz);
                }
            },
            grad,
        )?;
        match self.1 {
            Fault::RoundedInput => grad.fill(0.0),
            Fault::NanGradient => grad[0] = f32::NAN,
            Fault::Scaled(by) => grad.iter_mut().for_each(|g| *g *= by),
            _ => (),
        }
        Ok(())
    }
}
