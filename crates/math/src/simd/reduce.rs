//! Sums in a fixed order.
//!
//! Element i of a block of 1024 goes to lane i mod 16, the lanes are added as a tree of halves, the blocks from the first to
//! the last: the order depends on the length alone, so the bits are the same on each instruction set.

use super::dispatch::{Kernel, dispatch};
use crate::Real;

const LANES: usize = 16;
/// Short blocks keep the rounding error of long sums small: it grows with BLOCK / LANES + n / BLOCK.
const BLOCK: usize = 1024;

/// Adds the lanes: halves first.
#[inline(always)]
fn fold<E: Real>(mut lanes: [E; LANES]) -> E {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}

struct Sum<'a, E>(&'a [E]);

impl<E: Real> Kernel for Sum<'_, E> {
    type Output = E;
    #[inline(always)]
    fn run(self) -> E {
        let mut total = E::ZERO;
        for block in self.0.chunks(BLOCK) {
            let mut lanes = [E::ZERO; LANES];
            let (rows, rest) = block.as_chunks::<LANES>();
            for row in rows {
                for i in 0..LANES {
                    lanes[i] += row[i];
                }
            }
            for (lane, &x) in lanes.iter_mut().zip(rest) {
                *lane += x;
            }
            total += fold(lanes);
        }
        total
    }
}

struct Dot<'a, E>(&'a [E], &'a [E]);

impl<E: Real> Kernel for Dot<'_, E> {
    type Output = E;
    #[inline(always)]
    fn run(self) -> E {
        let mut total = E::ZERO;
        for (block, other) in self.0.chunks(BLOCK).zip(self.1.chunks(BLOCK)) {
            let mut lanes = [E::ZERO; LANES];
            let (rows, rest) = block.as_chunks::<LANES>();
            let (other_rows, other_rest) = other.as_chunks::<LANES>();
            for (row, other) in rows.iter().zip(other_rows) {
                for i in 0..LANES {
                    lanes[i] += row[i] * other[i];
                }
            }
            for ((lane, &x), &y) in lanes.iter_mut().zip(rest).zip(other_rest) {
                *lane += x * y;
            }
            total += fold(lanes);
        }
        total
    }
}

/// Σ xᵢ in a fixed order; 0 for an empty slice.
#[inline]
pub fn sum<E: Real>(x: &[E]) -> E {
    dispatch(Sum(x))
}

/// Σ xᵢ yᵢ in a fixed order; 0 for empty slices.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
#[inline]
pub fn dot<E: Real>(x: &[E], y: &[E]) -> E {
    assert_eq!(x.len(), y.len(), "simd::dot: lengths {} and {}", x.len(), y.len());
    dispatch(Dot(x, y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Isa, dispatch_on};

    fn values(n: usize) -> Vec<f32> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 0.9
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn sums_are_close_and_have_the_same_bits_on_each_isa() {
        for n in [0, 1, 5, 15, 16, 17, 100, 1023, 1024, 1025, 50_001] {
            let (x, y) = (values(n), values(n + 3)[3..].to_vec());
            let exact: f64 = x.iter().map(|&v| f64::from(v)).sum();
            let exact_dot: f64 = x.iter().zip(&y).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
            assert!((f64::from(sum(&x)) - exact).abs() <= 1e-5 * (1.0 + n as f64).sqrt(), "n {n}");
            assert!((f64::from(dot(&x, &y)) - exact_dot).abs() <= 1e-5 * (1.0 + n as f64).sqrt(), "n {n}");
            for isa in Isa::ALL {
                assert_eq!(dispatch_on(isa, Sum(&x)).to_bits(), sum(&x).to_bits(), "sum {n} on {isa}");
                assert_eq!(
                    dispatch_on(isa, Dot(&x, &y)).to_bits(),
                    dot(&x, &y).to_bits(),
                    "dot {n} on {isa}"
                );
            }
        }
    }
}
