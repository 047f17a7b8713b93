//! Random directions for checks. A few hundred numbers of no statistical importance: a mixer is enough, no key needed.

use sparring_tensor::Array;

/// SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Directions(u64);

impl Directions {
    pub(crate) fn new(seed: u64) -> Self {
        // Another factor than the step below: else the numbers of seed + 1 were those of seed, moved by one.
        Self(seed.wrapping_mul(0xd134_2543_de82_ef95))
    }
    /// Uniform in [−1, 1).
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
    /// An array of the same shape.
    pub(crate) fn like(&mut self, x: &Array<f64>) -> Array<f64> {
        Array::from_fn(x.shape(), |_| self.next())
    }
}
