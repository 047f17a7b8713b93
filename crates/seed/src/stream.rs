//! The numbers of one index.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, TryRng};
use std::convert::Infallible;

/// A sequence of random numbers, the same on every machine: ChaCha8 (Bernstein 2008) on the key, the index its nonce.
///
/// Also a generator for the crate `rand` 0.10 and the distributions of `rand_distr` 0.6: the 32-bit words are those of
/// [`bits`](Stream::bits) in order, a 64-bit word is two of them, low half first.
///
/// ```
/// use rand::{RngExt, seq::SliceRandom};
/// use rand_distr::{Distribution, Gamma};
/// use sparring_seed::Key;
/// let mut rng = Key::new(7).named("demo").rng(0);
/// let die: u8 = rng.random_range(1..=6);
/// let waiting = Gamma::new(2.0, 0.5).unwrap().sample(&mut rng);
/// let mut cards = [1, 2, 3];
/// cards.shuffle(&mut rng);
/// assert!((1..=6).contains(&die) && waiting > 0.0 && cards.contains(&3));
/// ```
#[derive(Clone, Debug)]
pub struct Stream {
    rng: ChaCha8Rng,
}

impl Stream {
    pub(crate) fn new(rng: ChaCha8Rng) -> Self {
        Self { rng }
    }

    /// 32 uniform bits.
    pub fn bits(&mut self) -> u32 {
        self.rng.next_u32()
    }

    /// As many times [`bits`](Stream::bits), faster.
    pub fn fill_bits(&mut self, out: &mut [u32]) {
        let mut bytes = [0; 256];
        for words in out.chunks_mut(bytes.len() / 4) {
            let bytes = &mut bytes[..4 * words.len()];
            self.rng.fill_bytes(bytes);
            for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
                *word = u32::from_le_bytes(*bytes);
            }
        }
    }

    /// Uniform in [0, 1), a multiple of 2⁻²⁴.
    pub fn uniform(&mut self) -> f32 {
        share(self.bits())
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform_f64(&mut self) -> f64 {
        let bits = (u64::from(self.bits()) << 32) | u64::from(self.bits());
        (bits >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in [lo, hi]: rounding may reach `hi`, nothing leaves the interval.
    pub fn uniform_in(&mut self, lo: f32, hi: f32) -> f32 {
        place(self.bits(), lo, hi)
    }

    /// As many times [`uniform_in`](Stream::uniform_in), faster.
    pub fn fill_uniform_in(&mut self, lo: f32, hi: f32, out: &mut [f32]) {
        let mut words = [0; 64];
        for out in out.chunks_mut(words.len()) {
            let words = &mut words[..out.len()];
            self.fill_bits(words);
            for (o, &mut bits) in out.iter_mut().zip(words) {
                *o = place(bits, lo, hi);
            }
        }
    }

    /// Standard normal, by Box and Muller (1958) in `f64`; the last bit follows the logarithm and cosine of the platform.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform_f64()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform_f64()).cos()
    }

    /// Uniform in 0..n without bias (Lemire 2019, arXiv:1805.10941).
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn below(&mut self, n: u32) -> u32 {
        assert!(n > 0, "below: n must be positive");
        let floor = n.wrapping_neg() % n;
        loop {
            let wide = u64::from(self.bits()) * u64::from(n);
            if wide as u32 >= floor {
                return (wide >> 32) as u32;
            }
        }
    }

    /// Fisher and Yates.
    ///
    /// # Panics
    /// If there are more than 2³² − 1 items.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let bound = u32::try_from(i + 1).expect("shuffle: at most 2^32 - 1 items");
            items.swap(i, self.below(bound) as usize);
        }
    }
}

/// Cannot fail, so it is a `rand_core::Rng`.
impl TryRng for Stream {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.rng.next_u32())
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.rng.next_u64())
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        self.rng.fill_bytes(dst);
        Ok(())
    }
}

/// A number in [0, 1).
fn share(bits: u32) -> f32 {
    (bits >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// A number in [lo, hi].
fn place(bits: u32, lo: f32, hi: f32) -> f32 {
    (lo + (hi - lo) * share(bits)).clamp(lo.min(hi), hi.max(lo))
}

#[cfg(test)]
mod tests {
    use crate::Key;

    #[test]
    fn moments_of_the_distributions() {
        let mut s = Key::new(2).rng(0);
        let n = 200_000;
        let (mut mu, mut mn, mut m2) = (0.0, 0.0, 0.0);
        for _ in 0..n {
            mu += f64::from(s.uniform());
            let z = s.normal();
            mn += z;
            m2 += z * z;
        }
        let n = f64::from(n);
        assert!((mu / n - 0.5).abs() < 0.004 && (mn / n).abs() < 0.01 && (m2 / n - 1.0).abs() < 0.02);
    }

    #[test]
    fn filled_bits_are_the_bits_one_by_one() {
        for n in [0, 1, 63, 64, 65, 300] {
            let (mut one, mut all) = (Key::new(4).rng(9), Key::new(4).rng(9));
            let mut words = vec![0; n];
            assert_eq!(one.bits(), all.bits());
            all.fill_bits(&mut words);
            assert!(words.iter().all(|&w| w == one.bits()));
            assert_eq!(one.bits(), all.bits());
        }
    }

    #[test]
    fn filled_uniforms_are_the_uniforms_one_by_one() {
        for n in [0, 1, 63, 64, 65, 300] {
            let (mut one, mut all) = (Key::new(4).rng(9), Key::new(4).rng(9));
            let mut numbers = vec![0.0; n];
            all.fill_uniform_in(-0.3, 0.7, &mut numbers);
            assert!(numbers.iter().all(|&v| v == one.uniform_in(-0.3, 0.7)));
            assert_eq!(one.bits(), all.bits());
        }
    }

    #[test]
    fn below_is_even_and_shuffle_keeps_all() {
        let mut s = Key::new(3).rng(0);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[s.below(7) as usize] += 1;
        }
        assert!(counts.iter().all(|&c| (9_600..10_400).contains(&c)), "{counts:?}");
        let mut items: Vec<u32> = (0..100).collect();
        s.shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
