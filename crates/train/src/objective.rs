//! Losses of `sparring-losses` as training objectives: divided by the batch, with what else is counted of each example.

use sparring_losses::{AnyGanLoss, CrossEntropy, GanLoss, LabelSmoothing, Mse, RowLoss, Side};
use sparring_math::Real;
use sparring_models::Conditioning;
use sparring_nn::{Objective, OutputRows};
use sparring_tensor::{Array, Elem, reduce};

/// Mean cross-entropy; the second metric counts right answers.
#[derive(Clone, Copy, Debug)]
pub struct Classification<'a> {
    /// The classes of the whole batch.
    pub labels: &'a [usize],
    /// Of the labels.
    pub smoothing: LabelSmoothing,
    /// Second labels, where images were mixed.
    pub mixed: Option<MixedLabels<'a>>,
}

/// The second labels of mixed images: the loss is share · CE(label) + (1 − share) · CE(other), and the answer that counts as right is the label of the larger share.
#[derive(Clone, Copy, Debug)]
pub struct MixedLabels<'a> {
    /// The other class of each example of the whole batch.
    pub others: &'a [usize],
    /// The share of its own label, in [0, 1].
    pub share: f64,
}

impl<E: Elem> Objective<E> for Classification<'_> {
    fn rows(&self, out: &mut OutputRows<'_, E>) {
        let (share, labels) = (E::of(1.0 / self.labels.len() as f64), &self.labels[out.first..]);
        let (rows, cols) = (out.rows, out.cols);
        let [mut logits, mut grads] = [0; 2].map(|_| Array::<E>::stale([rows * cols]));
        let mut losses = Array::<E>::stale([rows]);
        out.copy_outputs(logits.as_mut_slice());
        let (losses, target) = (losses.as_mut_slice(), |i: usize| &labels[i]);
        self.smoothing.eval_rows(logits.as_slice(), cols, &target, losses, grads.as_mut_slice());
        let mut counted = labels;
        if let Some(MixedLabels { others, share }) = self.mixed {
            let others = &others[out.first..];
            let rows = logits.as_slice().chunks_exact(cols).zip(grads.as_mut_slice().chunks_exact_mut(cols));
            for (((z, dz), loss), (y, other)) in rows.zip(&mut *losses).zip(labels.iter().zip(others)) {
                *loss += self.smoothing.add_label(1.0 - share, z, [*y, *other], dz);
            }
            if share < 0.5 {
                counted = others;
            }
        }
        let found = grads.as_slice().chunks_exact(cols).zip(losses).zip(counted);
        for ((z, dz, metrics), ((grads, loss), label)) in out.iter().zip(found) {
            *metrics = [(*loss * share).to_f64(), f64::from(u8::from(reduce::argmax(z) == *label)), 0.0];
            dz.iter_mut().zip(grads).for_each(|(d, g)| *d = *g * share);
        }
    }
}

/// An objective of some examples of a step, by their share of it.
#[derive(Clone, Copy)]
pub(crate) struct Shared<'a> {
    pub of: &'a dyn Objective,
    pub share: f64,
}

impl Objective for Shared<'_> {
    fn rows(&self, out: &mut OutputRows<'_, f32>) {
        self.of.rows(out);
        for (_, dz, metrics) in out.iter() {
            metrics[0] *= self.share;
            dz.iter_mut().for_each(|d| *d *= self.share as f32);
        }
    }
    fn is_elementwise(&self) -> bool {
        self.of.is_elementwise()
    }
}

/// Squared error of the outputs against the network's own input, averaged over numbers and examples.
#[derive(Clone, Copy, Debug)]
pub struct Reconstruction {
    /// Examples of the batch.
    pub examples: usize,
}

impl<E: Elem> Objective<E> for Reconstruction {
    fn rows(&self, out: &mut OutputRows<'_, E>) {
        let share = E::of(1.0 / (self.examples * out.total) as f64);
        let columns = out.from..out.from + out.cols;
        for (x, y, dy, metrics) in out.iter_with_inputs() {
            *metrics = [Mse::scaled(share, y, &x[columns.clone()], dy).to_f64(), 0.0, 0.0];
        }
    }
    fn is_elementwise(&self) -> bool {
        true
    }
}

/// Squared error of the outputs against clean examples, of which the network saw others, averaged over numbers and examples.
#[derive(Clone, Copy, Debug)]
pub struct Denoised<'a, E = f32> {
    /// The clean examples of the whole batch, row after row.
    pub clean: &'a [E],
    /// Examples of the batch.
    pub examples: usize,
}

impl<E: Elem> Objective<E> for Denoised<'_, E> {
    fn rows(&self, out: &mut OutputRows<'_, E>) {
        let share = E::of(1.0 / (self.examples * out.total) as f64);
        let (first, from, cols, total) = (out.first, out.from, out.cols, out.total);
        for (i, (y, dy, metrics)) in out.iter().enumerate() {
            let at = (first + i) * total + from;
            *metrics = [Mse::scaled(share, y, &self.clean[at..at + cols], dy).to_f64(), 0.0, 0.0];
        }
    }
    fn is_elementwise(&self) -> bool {
        true
    }
}

/// The classes of a GAN's examples, as its discriminator learns of them.
#[derive(Clone, Copy, Debug)]
pub struct ToldClasses<'a> {
    /// How.
    pub conditioning: Conditioning,
    /// The class of each real example, and of the generated one beside it; empty where there are none.
    pub labels: &'a [usize],
    /// Weight of their cross-entropy, where the discriminator names them.
    pub weight: f64,
}

impl Default for ToldClasses<'_> {
    fn default() -> Self {
        Self { conditioning: Conditioning::None, labels: &[], weight: 1.0 }
    }
}

impl ToldClasses<'_> {
    fn class(&self, i: usize) -> usize {
        self.labels.get(i).copied().unwrap_or(0)
    }
    /// The logit of pair `i`.
    pub(crate) fn logit<E: Elem>(&self, i: usize, outputs: &[E]) -> E {
        self.conditioning.logit(outputs, self.class(i))
    }
    /// The gradient at the outputs of pair `i` from that at the logit, with that of the class, whose loss is returned.
    pub(crate) fn pull<E: Elem>(&self, i: usize, outputs: &[E], d_logit: E, d: &mut [E]) -> E {
        let class = self.class(i);
        self.conditioning.pull(d_logit, class, d);
        if self.conditioning != Conditioning::Auxiliary {
            return E::ZERO;
        }
        let weight = E::of(self.weight);
        let loss = CrossEntropy.eval(&outputs[1..], &class, &mut d[1..]);
        d[1..].iter_mut().for_each(|d| *d *= weight);
        weight * loss
    }
}

/// The discriminator's mean loss on real examples and on fakes behind them, for a loss of single examples; the other metrics are the sums of σ(D(x)) and σ(D(G(z))).
#[derive(Clone, Copy, Debug)]
pub struct Discrimination<'a> {
    /// Real examples, before the fakes.
    pub real: usize,
    /// Factor of each example's loss.
    pub share: f32,
    /// The loss by side.
    pub loss: AnyGanLoss,
    /// What it is told of classes.
    pub classes: ToldClasses<'a>,
}

impl<E: Elem> Objective<E> for Discrimination<'_> {
    fn rows(&self, out: &mut OutputRows<'_, E>) {
        let (first, share) = (out.first, E::of(f64::from(self.share)));
        let loss = GanLoss::<E>::sided(&self.loss).expect("a loss of single examples");
        for (i, (outputs, d, metrics)) in out.iter().enumerate() {
            let at = first + i;
            let (side, pair, metric) =
                if at < self.real { (Side::Real, at, 1) } else { (Side::Fake, at - self.real, 2) };
            let (logit, mut d_logit) = (self.classes.logit(pair, outputs), [E::ZERO]);
            let value = loss.eval(&[logit], &side, &mut d_logit);
            let of_class = self.classes.pull(pair, outputs, d_logit[0], d);
            *metrics = [((value + of_class) * share).to_f64(), 0.0, 0.0];
            metrics[metric] = Real::sigmoid(logit.to_f64());
            d.iter_mut().for_each(|d| *d *= share);
        }
    }
}

/// The generator's mean loss from what the discriminator says of fakes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Generation<'a> {
    /// The loss.
    pub loss: AnyGanLoss,
    /// What the discriminator is told of classes.
    pub classes: ToldClasses<'a>,
    /// Its outputs for one example.
    pub outputs: usize,
    /// Its logits of the real example of each pair, for a loss that reads them.
    pub real: &'a [f32],
    /// Factor of each example's loss.
    pub share: f32,
}

impl Generation<'_> {
    /// The gradient at the outputs for fakes, the first of which is of pair `first`; `told` is given the number of each and its loss.
    pub fn at_outputs(&self, first: usize, outputs: &[f32], d: &mut [f32], mut told: impl FnMut(usize, f64)) {
        let rows = outputs.chunks_exact(self.outputs).zip(d.chunks_exact_mut(self.outputs));
        for (i, (outputs, d)) in rows.enumerate() {
            let pair = first + i;
            let (logit, mut d_logit) = (self.classes.logit(pair, outputs), [0.0]);
            let real = self.real.get(pair).map_or(&[][..], std::slice::from_ref);
            let value = self.loss.generator(real, &[logit], &mut d_logit);
            let of_class = self.classes.pull(pair, outputs, d_logit[0], d);
            told(i, f64::from((value + of_class) * self.share));
            d.iter_mut().for_each(|d| *d *= self.share);
        }
    }
}
