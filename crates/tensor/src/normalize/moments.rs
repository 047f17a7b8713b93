//! The statistics of batch normalisation.

use super::BatchNormBlock;
use super::columns::add_columns;
use crate::Elem;
use crate::kernels::Scratch;
use sparring_math::simd;

/// Rows whose mean stands for the mean while the sums are taken.
const SAMPLES: usize = 8;

/// Number, mean and sum of squared deviations of each channel's values, in `f64`; those of several shards can be merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    count: usize,
    mean: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    /// Of no values.
    pub fn new(channels: usize) -> Self {
        Self { count: 0, mean: vec![0.0; channels], squares: vec![0.0; channels] }
    }
    /// Forgets all values.
    pub fn clear(&mut self) {
        self.count = 0;
        self.mean.fill(0.0);
        self.squares.fill(0.0);
    }
    /// Values of each channel.
    pub fn count(&self) -> usize {
        self.count
    }
    /// The mean of each channel; 0 of no values.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }
    /// Σ (x − mean)² of each channel: by [`count`](Self::count) the biased variance, by count − 1 the unbiased one.
    pub fn squares(&self) -> &[f64] {
        &self.squares
    }
    /// The moments of these values and those of `later` (Chan, Golub and LeVeque, 1983).
    ///
    /// # Panics
    /// If the numbers of channels differ.
    #[track_caller]
    pub fn merge(&mut self, later: &Moments) {
        let lengths = [self.mean.len(), later.mean.len()];
        assert!(lengths[0] == lengths[1], "Moments::merge: {lengths:?} channels");
        let count = self.count + later.count;
        if later.count == 0 {
            return;
        }
        let part = later.count as f64 / count as f64;
        let own = self.mean.iter_mut().zip(&mut self.squares);
        for ((mean, squares), (m, s)) in own.zip(later.mean.iter().zip(&later.squares)) {
            let apart = m - *mean;
            *mean += apart * part;
            *squares += s + apart * apart * part * self.count as f64;
        }
        self.count = count;
    }
}

impl BatchNormBlock {
    /// Mean and squared deviations of each channel over `n` examples; what `into` held is forgotten.
    ///
    /// Deviations are taken from the mean of some rows and added in `E` over 128 rows at most, then in `f64`.
    ///
    /// # Panics
    /// If `x` is too short or `into` has another number of channels.
    #[track_caller]
    pub fn moments<E: Elem>(&self, n: usize, x: &[E], apart: usize, into: &mut Moments) {
        let what = "batch norm moments";
        into.clear();
        self.per_channel(what, &[into.mean.len()]);
        crate::extent::inside(what, [(n, apart), (self.example(), 1)], x.len());
        into.count = n * self.pixels;
        if into.count == 0 {
            return;
        }
        let mut shift = Scratch::<E>::stale(self.channels);
        let shift = shift.as_mut_slice();
        shift.fill(E::ZERO);
        let samples = into.count.min(SAMPLES);
        let part = E::of(1.0 / samples as f64);
        for k in 0..samples {
            let row = k * into.count / samples;
            let at = row / self.pixels * apart + row % self.pixels * self.channels;
            simd::update(shift, &x[at..][..self.channels], |sum, x| sum + x * part);
        }
        add_columns(
            what,
            *self,
            n,
            [(x, apart)],
            shift,
            [&mut into.mean[..], &mut into.squares[..]],
            |[x], shift| {
                let apart = x - shift;
                [apart, apart * apart]
            },
        );
        let part = 1.0 / into.count as f64;
        for (shift, (mean, squares)) in shift.iter().zip(into.mean.iter_mut().zip(&mut into.squares)) {
            let apart = *mean * part;
            let left = *squares - *mean * apart;
            // Rounding may give a negative variance for equal values.
            *squares = if left < 0.0 { 0.0 } else { left };
            *mean = shift.to_f64() + apart;
        }
    }
}
