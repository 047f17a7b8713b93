//! Standard normal numbers from random bits.

use super::dispatch::{Kernel, dispatch};
use crate::Real;

/// Numbers made together: 16 words become radii, 16 angles; the cosines come first, then the sines.
const BLOCK: usize = 32;
const HALF: usize = BLOCK / 2;

/// Standard normal numbers by Box and Muller (1958), one from each word of `bits`, with the same bits on every machine: each operation is
/// rounded by itself. A block of 32 words makes 32 numbers of them, so that a number depends on its block alone; the last block
/// may be cut by `out`, not by `bits`. The largest distance from 0 is 6.56.
///
/// # Panics
/// Unless `bits` is as long as `out`, rounded up to whole blocks.
///
/// ```
/// let mut z = [0.0; 40];
/// sparring_math::simd::normals(&[7 << 27; 64], &mut z);
/// assert!(z.iter().all(|z| z.abs() < 6.56));
/// ```
#[track_caller]
pub fn normals(bits: &[u32], out: &mut [f32]) {
    let whole = out.len().next_multiple_of(BLOCK);
    assert_eq!(bits.len(), whole, "simd::normals: {} words for {} numbers", bits.len(), out.len());
    dispatch(Normals(bits, out));
}

struct Normals<'a>(&'a [u32], &'a mut [f32]);

impl Kernel for Normals<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for (bits, out) in self.0.as_chunks::<BLOCK>().0.iter().zip(self.1.chunks_mut(BLOCK)) {
            let mut block = [0.0; BLOCK];
            for i in 0..HALF {
                let radius = radius(bits[i]);
                let (sin, cos) = turn(bits[HALF + i]);
                block[i] = radius * cos;
                block[HALF + i] = radius * sin;
            }
            out.copy_from_slice(&block[..out.len()]);
        }
    }
}

/// √(−2 ln u), u = (⌊b/2⌋ + 1) / 2³¹ in (0, 1].
#[inline(always)]
fn radius(b: u32) -> f32 {
    let u = ((b >> 1) as i32 as f32 + 1.0) * (1.0 / 2_147_483_648.0);
    (-2.0 * Real::ln(u)).sqrt()
}

/// Sine and cosine of b / 2³² of a turn: polynomials on the eighth of a turn around the nearest quarter.
#[inline(always)]
fn turn(b: u32) -> (f32, f32) {
    const UNIT: f32 = std::f32::consts::TAU / 4_294_967_296.0;
    let quarter = b.wrapping_add(1 << 29) >> 30;
    let x = b.wrapping_sub(quarter << 30) as i32 as f32 * UNIT;
    let z = x * x;
    let s = (-1.951_879e-4 * z + 0.008_332_192) * z - 0.166_666_55;
    let s = s * z * x + x;
    let c = (2.443_297_1e-5 * z - 0.001_388_731_3) * z + 0.041_666_646;
    let c = (c * z - 0.5) * z + 1.0;
    let odd = quarter & 1 == 1;
    let (sin, cos) = (if odd { c } else { s }, if odd { s } else { c });
    let sign = |v: f32, bit: u32| f32::from_bits(v.to_bits() ^ (bit << 31));
    (sign(sin, quarter >> 1 & 1), sign(cos, (quarter + 1) >> 1 & 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Isa, dispatch_on};

    fn words(n: usize) -> Vec<u32> {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 32) as u32
        };
        let mut words: Vec<u32> = (0..n).map(|_| next()).collect();
        // The ends, and around each quarter of a turn.
        let edges = [
            0,
            1,
            u32::MAX,
            1 << 29,
            (1 << 29) - 1,
            1 << 30,
            3 << 29,
            1 << 31,
            5 << 29,
            7 << 29,
            (1 << 31) - 1,
        ];
        words[HALF..HALF + edges.len()].copy_from_slice(&edges);
        words[BLOCK..BLOCK + edges.len()].copy_from_slice(&edges);
        words
    }

    #[test]
    fn numbers_follow_the_formula_in_double_precision() {
        let bits = words(BLOCK * 20_000);
        let mut z = vec![0.0; bits.len()];
        normals(&bits, &mut z);
        let (mut sum, mut squares, mut products) = (0.0, 0.0, 0.0);
        for (bits, z) in bits.chunks(BLOCK).zip(z.chunks(BLOCK)) {
            for i in 0..HALF {
                let u = (f64::from(bits[i] >> 1) + 1.0) / 2f64.powi(31);
                let (radius, angle) = ((-2.0 * u.ln()).sqrt(), f64::from(bits[HALF + i]) / 2f64.powi(32));
                let (sin, cos) = (angle * std::f64::consts::TAU).sin_cos();
                for (got, want) in [(z[i], radius * cos), (z[HALF + i], radius * sin)] {
                    // Near u = 1 the 24 bits of u are all there is: an error of e there is one of e / radius here.
                    let allowed = 6e-7 * radius + 6e-8 / radius.max(1e-4);
                    assert!((f64::from(got) - want).abs() < allowed, "{got} {want}");
                    sum += want;
                    squares += want * want;
                }
                products += f64::from(z[i]) * f64::from(z[HALF + i]);
            }
        }
        let n = z.len() as f64;
        assert!((sum / n).abs() < 0.01 && (squares / n - 1.0).abs() < 0.01 && (products / n).abs() < 0.01);
    }

    #[test]
    fn the_bits_are_the_same_on_each_isa_and_for_each_length() {
        let bits = words(BLOCK * 40);
        let mut all = vec![0.0; bits.len()];
        dispatch_on(Isa::Baseline, Normals(&bits, &mut all));
        for isa in Isa::ALL {
            for n in [0, 1, 31, 32, 33, 100, bits.len()] {
                let mut z = vec![0.0f32; n];
                dispatch_on(isa, Normals(&bits[..n.next_multiple_of(BLOCK)], &mut z));
                assert!(z.iter().zip(&all).all(|(a, b)| a.to_bits() == b.to_bits()), "{n} on {isa}");
            }
        }
    }
}
