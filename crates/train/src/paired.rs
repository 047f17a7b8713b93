//! A step on pairs: the objective reads the outputs of each clean example and of its adversarial one.
//!
//! Clean and adversarial examples go through the network as two batches, as in the authors' code of TRADES and MART: each has its own batch statistics, running statistics
//! take in the clean ones first, and dropout draws its masks for each.

use crate::learner::Failure;
use sparring_losses::{LabelSmoothing, PairLoss};
use sparring_nn::{Engine, Mode, NnError, Params, Randomness};
use sparring_seed::Key;
use sparring_tensor::{Array, reduce};

/// Whether a pass's running statistics are for the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statistics {
    Learned,
    Forgotten,
}

/// The examples of a step.
pub(crate) struct Pairs<'a> {
    pub labels: &'a [usize],
    pub ids: &'a [u64],
    /// Pixels of all clean examples.
    pub clean: &'a [f32],
    /// Pixels of all adversarial examples.
    pub adversarial: &'a [f32],
    /// Of the labels, in the cross-entropies that the loss has.
    pub smoothing: LabelSmoothing,
    pub statistics: Statistics,
    /// Examples of the whole step, of which these may be a part: losses are divided by it.
    pub of: usize,
}

impl Pairs<'_> {
    /// Gradients of the share of the pairs in the mean loss of the step, accumulated in the engine; that share and how many adversarial examples are classified rightly.
    ///
    /// The adversarial outputs are computed once more: three forward and two backward passes beside those of the attack.
    pub(crate) fn gradients(
        &self,
        engine: &mut Engine,
        params: &Params<f32>,
        loss: &dyn PairLoss<f32>,
        key: Key,
    ) -> Result<[f64; 2], Failure> {
        let (n, cols) = (self.labels.len(), engine.compiled().outputs());
        let draw = |of: &str| Randomness { mode: Mode::Train, key: key.named(of), ids: self.ids };
        let dim = self.clean.len() / n;
        let [mut logits, mut pull] = [0; 2].map(|_| Array::<f32>::zeros([n * cols]));
        let (logits, pull) = (logits.as_mut_slice(), pull.as_mut_slice());
        engine.forward_of_batch(self.adversarial, draw("adversarial"), logits);
        let (mut sum, mut right) = (0.0, 0.0);
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&self.clean[i * dim..(i + 1) * dim]);
        engine.gradients_of_batch(n, &row, draw("clean"), &mut |clean, d_clean| {
            let [loss, found] = self.at_outputs(loss, [clean, logits], [d_clean, pull]);
            (sum, right) = (sum + loss, right + found);
        });
        let mean = sum / self.of as f64;
        if !mean.is_finite() {
            return Err(Failure::Loss(mean));
        }
        self.accumulate(engine, params)?;
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(&self.adversarial[i * dim..(i + 1) * dim]);
        engine.gradients_of_batch(n, &row, draw("adversarial"), &mut |_, d| d.copy_from_slice(pull));
        self.accumulate(engine, params)?;
        Ok([mean, right])
    }
    /// The sum of the losses at the clean and the adversarial logits, and how many of the latter are right; the gradients of the mean there are written.
    pub(crate) fn at_outputs(
        &self,
        loss: &dyn PairLoss<f32>,
        [clean, adversarial]: [&[f32]; 2],
        [d_clean, d_adversarial]: [&mut [f32]; 2],
    ) -> [f64; 2] {
        let (n, [on_clean, on_adversarial]) = (self.labels.len(), loss.cross_entropies());
        let cols = clean.len() / n;
        let (mut sum, mut right) = (0.0, 0.0);
        let rows = clean.chunks_exact(cols).zip(d_clean.chunks_exact_mut(cols));
        let moved = adversarial.chunks_exact(cols).zip(d_adversarial.chunks_exact_mut(cols));
        for (((clean, d_clean), (z, dz)), &y) in rows.zip(moved).zip(self.labels) {
            sum += f64::from(loss.eval(clean, z, y, [&mut *d_clean, &mut *dz]));
            sum += f64::from(self.smoothing.add(on_clean, clean, y, d_clean));
            sum += f64::from(self.smoothing.add(on_adversarial, z, y, dz));
            right += f64::from(u8::from(reduce::argmax(z) == y));
            d_clean.iter_mut().chain(dz).for_each(|d| *d /= self.of as f32);
        }
        [sum, right]
    }
    fn accumulate(&self, engine: &mut Engine, params: &Params<f32>) -> Result<(), NnError> {
        if self.statistics == Statistics::Forgotten {
            engine.forget_statistics();
        }
        engine.accumulate(params)
    }
}
