//! What the discriminator is shown: examples or packs of them, under noise, with their classes.

use sparring_math::simd;
use sparring_models::Gan;
use sparring_seed::Key;
use sparring_tensor::{Array, par};

/// How the rows of a pass are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    pub model: &'a Gan,
    /// The class of each pair; empty where there are none.
    pub labels: &'a [usize],
    /// Standard deviation of the noise.
    pub noise: f32,
    /// The noise of example i is drawn by this key and i.
    pub key: Key,
}

impl Shown<'_> {
    /// Row `j` into `to`; `example(i, to)` writes example `i`.
    pub fn write(&self, j: usize, example: &dyn Fn(usize, &mut [f32]), to: &mut [f32]) {
        let pack = self.model.spec().form.pack;
        let mut noisy = |i: usize, to: &mut [f32]| {
            let i = j * pack + i;
            example(i, to);
            if self.noise > 0.0 {
                add_noise(self.key, i as u64, self.noise, to);
            }
        };
        self.model.show(&mut noisy, self.labels.get(j).copied(), to);
    }
    /// The gradient at the examples from that at the rows; planes of classes have none, and an example that was left out gets 0.
    pub fn pull(&self, d_rows: &[f32], d_examples: &mut [f32]) {
        let dim = self.model.shape().iter().product::<usize>();
        let form = self.model.spec().form;
        let seen = self.model.spec().discriminator.input.iter().product::<usize>();
        let pack = form.pack * dim;
        let mut left = d_examples;
        for row in d_rows.chunks_exact(seen) {
            let (d, rest) = left.split_at_mut(pack);
            d.copy_from_slice(&row[..pack]);
            left = rest;
        }
        left.fill(0.0);
    }
}

/// Some rows of `dim` numbers, one after the other, for passes that read them more than once.
pub(super) fn laid(n: usize, dim: usize, row: &(dyn Fn(usize, &mut [f32]) + Sync)) -> Array<f32> {
    let mut all = Array::zeros([n, dim]);
    // A converted pixel costs about two additions.
    par::for_each_chunk(all.as_mut_slice(), dim, 2 * n * dim, |j, to| row(j, to));
    all
}

/// Adds `std` times normal noise that depends on `key` and `id` alone.
fn add_noise(key: Key, id: u64, std: f32, to: &mut [f32]) {
    let (mut bits, mut words, mut normal) = (key.rng(id), [0; 256], [0.0; 256]);
    for part in to.chunks_mut(normal.len()) {
        let (words, normal) = (&mut words[..part.len().next_multiple_of(32)], &mut normal[..part.len()]);
        bits.fill_bits(words);
        simd::normals(words, normal);
        part.iter_mut().zip(normal).for_each(|(x, z)| *x += std * *z);
    }
}
