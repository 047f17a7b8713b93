//! Batch normalisation of a batch that lies in shards: statistics of each, merged in order.

use super::block::BatchNormOp;
use super::program::Program;
use sparring_tensor::normalize::{GradSums, Moments};
use sparring_tensor::{Array, Elem};

/// What a batch normalisation needs in this pass, a number for each channel.
#[derive(Clone, Debug)]
pub(super) struct Coefficients<E: Elem> {
    /// y = x · scale + shift.
    pub scale: Array<E>,
    pub shift: Array<E>,
    /// Of the batch.
    pub mean: Array<E>,
    /// dx = a · dy + b · (x − mean) + d.
    pub back: [Array<E>; 3],
    /// Gradients of weight and bias.
    pub grads: [Array<E>; 2],
    /// Of the shards, merged in order.
    pub moments: Moments,
    pub sums: GradSums,
    variance: Vec<f64>,
    /// Values of a channel; 0 where the statistics are the running ones.
    count: usize,
}

impl<E: Elem> Coefficients<E> {
    pub fn new(program: &Program<E>, norm: &BatchNormOp) -> Self {
        let channels = program.plains[norm.params[0]].value.len();
        let zeros = || Array::zeros([channels]);
        Self {
            scale: zeros(),
            shift: zeros(),
            mean: zeros(),
            back: [zeros(), zeros(), zeros()],
            grads: [zeros(), zeros()],
            moments: Moments::new(channels),
            sums: GradSums::new(channels),
            variance: vec![0.0; channels],
            count: 0,
        }
    }
    /// Those of evaluation, from the running statistics.
    pub fn follow_running(&mut self, program: &Program<E>, norm: &BatchNormOp) {
        let [gain, bias, mean, variance] = norm.params.map(|p| program.plains[p].value.as_slice());
        self.count = 0;
        for c in 0..gain.len() {
            let (mean, variance) = (mean[c].to_f64(), variance[c].to_f64());
            self.set(c, norm.eps, [gain[c].to_f64(), bias[c].to_f64()], mean, variance);
        }
    }
    fn set(&mut self, c: usize, eps: f64, [gain, bias]: [f64; 2], mean: f64, variance: f64) {
        let scale = gain / (variance + eps).sqrt();
        self.scale.as_mut_slice()[c] = E::of(scale);
        self.shift.as_mut_slice()[c] = E::of(bias - mean * scale);
        self.mean.as_mut_slice()[c] = E::of(mean);
        self.variance[c] = variance;
    }
    /// Those of training, from the statistics of all shards.
    ///
    /// # Panics
    /// If there is one value a channel: its variance says nothing.
    pub fn follow_batch(&mut self, program: &Program<E>, norm: &BatchNormOp) {
        let [gain, bias] = [0, 1].map(|i| program.plains[norm.params[i]].value.as_slice());
        self.count = self.moments.count();
        assert!(
            self.count > 1,
            "batch norm: a batch of one value a channel in training; take two examples at least, or Mode::Eval"
        );
        for c in 0..gain.len() {
            let variance = self.moments.squares()[c] / self.count as f64;
            self.set(c, norm.eps, [gain[c].to_f64(), bias[c].to_f64()], self.moments.mean()[c], variance);
        }
    }
    /// The statistics are not for the network.
    pub fn forget(&mut self) {
        self.count = 0;
    }
    /// The unbiased variance of a channel in the batch.
    fn unbiased(&self, c: usize) -> E {
        E::of(self.variance[c] * (self.count as f64 / (self.count - 1) as f64))
    }
    /// The first of the statistics that is infinite or NaN, by its place among the parameters of the layer; running statistics would keep it for good.
    pub fn not_finite(&self) -> Option<usize> {
        let finite = |v: E| v.abs() < E::INFINITY;
        if self.count == 0 {
            None
        } else if !self.mean.as_slice().iter().all(|&v| finite(v)) {
            Some(2)
        } else {
            (!(0..self.variance.len()).all(|c| finite(self.unbiased(c)))).then_some(3)
        }
    }
    /// Running statistics after a pass: they take this share of the batch's, with the unbiased variance, if it has any.
    pub fn update_running(&self, program: &mut Program<E>, norm: &BatchNormOp, share: f64) {
        if self.count == 0 {
            return;
        }
        let share = E::of(share);
        for (place, mean) in [(2, true), (3, false)] {
            let running = program.plains[norm.params[place]].value.as_mut_slice();
            for (c, r) in running.iter_mut().enumerate() {
                let new = if mean { self.mean.as_slice()[c] } else { self.unbiased(c) };
                *r += share * (new - *r);
            }
        }
    }
    /// What the gradients need, from the sums of all shards.
    pub fn finish_backward(&mut self, program: &Program<E>, norm: &BatchNormOp) {
        let (gain, sums) = (program.plains[norm.params[0]].value.as_slice(), &self.sums);
        let n = self.count.max(1) as f64;
        for c in 0..gain.len() {
            // Kernels centre by the mean as `E` has it; `missing` is what that lacks of the batch's.
            let exact =
                if self.count > 0 { self.moments.mean()[c] } else { self.mean.as_slice()[c].to_f64() };
            let missing = exact - self.mean.as_slice()[c].to_f64();
            let (dy, dy_x) = (sums.dy()[c], sums.dy_x()[c] - missing * sums.dy()[c]);
            let r = 1.0 / (self.variance[c] + norm.eps).sqrt();
            let a = gain[c].to_f64() * r;
            let b = -a * r * r / n * dy_x;
            let d = -a / n * dy - b * missing;
            for (back, v) in self.back.iter_mut().zip([a, b, d]) {
                back.as_mut_slice()[c] = E::of(v);
            }
            self.grads[0].as_mut_slice()[c] = E::of(r * dy_x);
            self.grads[1].as_mut_slice()[c] = E::of(dy);
        }
    }
}
