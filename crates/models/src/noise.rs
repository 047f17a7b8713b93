//! Standard normal noise that models are fed with.

use sparring_math::simd;
use sparring_seed::Key;
use sparring_tensor::par;

/// The first `latent` numbers of each row become z ~ N(0, I); there is a row for each id, and row i depends on `key` and `ids[i]` alone, with the same bits on every machine.
pub(crate) fn standard_normal(key: Key, ids: &[u64], latent: usize, z: &mut [f32]) {
    let width = z.len() / ids.len().max(1);
    // A normal number costs about as much as this many additions.
    const COST: usize = 16;
    let work = COST * z.len();
    par::for_each_chunk(z, width.max(1), work, |i, row| {
        let mut bits = key.rng(ids[i]);
        let mut words = [0; 256];
        for z in row[..latent].chunks_mut(words.len()) {
            let words = &mut words[..z.len().next_multiple_of(32)];
            bits.fill_bits(words);
            simd::normals(words, z);
        }
    });
}
