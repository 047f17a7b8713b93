//! Many random numbers of one stream at once.

use sparring_math::simd;
use sparring_seed::Stream;

/// Random vectors of one length, with the words that they are made of.
pub(crate) struct Draw {
    words: Vec<u32>,
    len: usize,
}

impl Draw {
    /// For vectors of `len` numbers.
    pub(crate) fn new(len: usize) -> Self {
        Self { words: vec![0; len.next_multiple_of(32)], len }
    }
    /// Standard normal numbers.
    pub(crate) fn normals(&mut self, rng: &mut Stream, out: &mut [f32]) {
        rng.fill_bits(&mut self.words);
        simd::normals(&self.words, out);
    }
    /// −1 or 1, each with probability ½.
    pub(crate) fn signs(&mut self, rng: &mut Stream, out: &mut [f32]) {
        let words = &mut self.words[..self.len.div_ceil(32)];
        rng.fill_bits(words);
        for (out, &word) in out.chunks_mut(32).zip(&*words) {
            for (bit, o) in out.iter_mut().enumerate() {
                *o = if word >> bit & 1 == 1 { 1.0 } else { -1.0 };
            }
        }
    }
}
