//! How many bits codes take, and what is lost by rounding them.
//!
//! coder    each number is rounded to multiples of one step, the same for all numbers of the code, so that the one with the widest range over the training codes has 2^b levels;
//!          a level costs −log₂ of its share among the training codes (one is added to each count), which is what an arithmetic coder pays that knows these shares
//! source   scalar quantisation with ideal entropy coding: Cover and Thomas, Elements of Information Theory, sections 5.3 and 10.1

use serde::Serialize;
use sparring_metrics::{mse, psnr};

/// One way to store codes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RatePoint {
    /// b: the widest number has 2^b levels; of entries of a table, the bits of their number.
    pub bits: u32,
    /// What a test image takes, over its pixels; the model itself is not counted.
    pub bits_per_pixel: f64,
    /// Decibels of what is decoded from the rounded codes.
    pub psnr: f64,
}

/// All ways that were tried, finest last.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RateCurve(pub Vec<RatePoint>);

/// Bits of the widest number.
const BITS: [u32; 6] = [2, 3, 4, 5, 6, 8];

/// Levels of every number of a code, and what each costs.
struct Quantiser {
    step: f64,
    lows: Vec<f64>,
    /// Bits of each level of each number.
    costs: Vec<Vec<f64>>,
}

impl Quantiser {
    /// From training codes `[n, k]`.
    fn fit(train: &[f32], k: usize, bits: u32) -> Self {
        let column = |j: usize| train.iter().skip(j).step_by(k).map(|&z| f64::from(z));
        let lows: Vec<f64> = (0..k).map(|j| column(j).fold(f64::INFINITY, f64::min)).collect();
        let range = |j: usize| column(j).fold(f64::NEG_INFINITY, f64::max) - lows[j];
        let widest = (0..k).map(range).fold(0.0, f64::max);
        // Codes that are all the same have one level.
        let step = if widest > 0.0 { widest / (f64::from(1u32 << bits) - 1.0) } else { 1.0 };
        let n = train.len() / k.max(1);
        let costs = |j: usize| {
            let levels = (range(j) / step).round() as usize + 1;
            let mut counts = vec![1.0; levels];
            column(j).for_each(|z| counts[level(z, lows[j], step, levels)] += 1.0);
            counts.iter().map(|c: &f64| -(c / (n + levels) as f64).log2()).collect()
        };
        let costs = (0..k).map(costs).collect();
        Self { step, lows, costs }
    }
    /// Codes as they are decoded, and the bits of all of them.
    fn round(&self, codes: &[f32]) -> (Vec<f32>, f64) {
        let (k, mut bits) = (self.lows.len(), 0.0);
        let mut one = |(i, &z): (usize, &f32)| {
            let (low, costs) = (self.lows[i % k], &self.costs[i % k]);
            let at = level(z.into(), low, self.step, costs.len());
            bits += costs[at];
            (low + at as f64 * self.step) as f32
        };
        let rounded = codes.iter().enumerate().map(&mut one).collect();
        (rounded, bits)
    }
}

/// The nearest of the levels.
fn level(z: f64, low: f64, step: f64, levels: usize) -> usize {
    ((z - low) / step).round().clamp(0.0, (levels - 1) as f64) as usize
}

impl RateCurve {
    /// Of codes `[n, k]`: levels and their shares by those of training images, bits and losses by those of test images `x`.
    pub(super) fn of(
        train: &[f32],
        (test, k): (&[f32], usize),
        x: &[f32],
        decode: impl Fn(&[f32]) -> Vec<f32>,
    ) -> Self {
        let point = |bits| {
            let (rounded, all) = Quantiser::fit(train, k, bits).round(test);
            let psnr = psnr(mse(&decode(&rounded), x), 1.0);
            RatePoint { bits, bits_per_pixel: all / x.len() as f64, psnr }
        };
        Self(BITS.map(point).to_vec())
    }
    /// Of codes that are entries of a table, `places` a code: an entry costs −log₂ of its share at its place among training codes; nothing is rounded.
    pub(super) fn of_symbols(
        train: &[u32],
        (test, entries, places): (&[u32], usize, usize),
        x: &[f32],
        y: &[f32],
    ) -> Self {
        let n = train.len() / places;
        let mut counts = vec![1.0f64; entries * places];
        train.iter().enumerate().for_each(|(i, &e)| counts[i % places * entries + e as usize] += 1.0);
        let cost = |(i, &e): (usize, &u32)| {
            -(counts[i % places * entries + e as usize] / (n + entries) as f64).log2()
        };
        let bits: f64 = test.iter().enumerate().map(cost).sum();
        let of_entry = usize::BITS - (entries.max(2) - 1).leading_zeros();
        let point =
            RatePoint { bits: of_entry, bits_per_pixel: bits / x.len() as f64, psnr: psnr(mse(y, x), 1.0) };
        Self(vec![point])
    }
    /// The finest way.
    pub fn finest(&self) -> Option<&RatePoint> {
        self.0.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_the_shares_and_rounding_is_to_the_nearest_level() {
        // Number 0 in [0, 3] with 4 levels of distance 1, number 1 in [0, 1] with two.
        let train = [0.0, 0.0, 1.0, 1.0, 2.0, 0.0, 3.0, 1.0];
        let quantiser = Quantiser::fit(&train, 2, 2);
        assert_eq!((quantiser.step, quantiser.costs[0].len(), quantiser.costs[1].len()), (1.0, 4, 2));
        let (rounded, bits) = quantiser.round(&[1.4, 0.6, 9.0, -2.0]);
        assert_eq!(rounded, [1.0, 1.0, 3.0, 0.0]);
        // Shares (1 + 1) / (4 + 4) and (2 + 1) / (4 + 2).
        assert!((bits - 2.0 * (2.0 + 1.0)).abs() < 1e-12, "{bits}");
        let (same, bits) = Quantiser::fit(&[0.5; 8], 2, 8).round(&[0.5, 0.5]);
        assert_eq!((same, bits), (vec![0.5, 0.5], 0.0));
    }

    #[test]
    fn of_uniform_numbers_each_bit_is_a_bit_and_six_decibels() {
        let mut rng = sparring_seed::Key::new(3).rng(0);
        let mut uniform = |n: usize| (0..n).map(|_| rng.uniform()).collect::<Vec<f32>>();
        let (train, test) = (uniform(60_000), uniform(20_000));
        let curve = RateCurve::of(&train, (&test, 1), &test, |z| z.to_vec());
        let (four, five) = (curve.0[2], curve.0[3]);
        assert_eq!((four.bits, five.bits, curve.finest().unwrap().bits), (4, 5, 8));
        // The two outer levels have half a share each.
        assert!((four.bits_per_pixel - 3.97).abs() < 0.03, "{four:?}");
        assert!((five.bits_per_pixel - four.bits_per_pixel - 1.0).abs() < 0.05);
        // Uniform rounding errors: step² / 12.
        let want = psnr((1.0f64 / 15.0).powi(2) / 12.0, 1.0);
        assert!((four.psnr - want).abs() < 0.1, "{four:?} {want}");
        assert!((five.psnr - four.psnr - 20.0 * (31.0f64 / 15.0).log10()).abs() < 0.1);
    }

    #[test]
    fn entries_cost_the_logarithm_of_their_share_at_their_place() {
        // Two places, four entries: at the first place 0 always, at the second all four alike.
        let train: Vec<u32> = (0..4000).flat_map(|i| [0, i % 4]).collect();
        let curve = RateCurve::of_symbols(&train, (&[0, 3, 0, 1], 4, 2), &[0.5; 8], &[0.5; 8]);
        let point = curve.finest().unwrap();
        let want = 2.0 * (2.0 - (4001.0f64 / 4004.0).log2()) / 8.0;
        assert!((point.bits_per_pixel - want).abs() < 1e-9 && point.bits == 2, "{point:?} {want}");
    }
}
