//! The arithmetic of the tiles in portable code.

use super::round::widen;
use super::{Operand, STEP, TILE, Target, halves};

/// The products of terms in the order in which they are added, small ones first; neighbours share a factor.
const SIX: [(usize, usize); 6] = [(0, 2), (0, 1), (1, 1), (1, 0), (2, 0), (0, 0)];
const ONE: [(usize, usize); 1] = [(0, 0)];

/// The products for this number of terms.
fn products(terms: usize) -> &'static [(usize, usize)] {
    match terms {
        1 => &ONE,
        3 => &SIX,
        _ => unreachable!("one term or three"),
    }
}

/// As the tiles: in each step and for each product of terms the even and the odd elements are summed apart, and their sum is added. A product of two
/// terms is exact in `f32`, so multiplying and adding here rounds as their fused operation does.
pub fn multiply(rows: usize, a: &Operand<'_>, b: &[super::Line], terms: usize, target: &mut Target<'_>) {
    let b = halves(b);
    if target.from_zero {
        for first in target.first {
            let rows = target.data[first..].chunks_mut(target.stride).take(rows);
            rows.for_each(|row| row[..2 * TILE].fill(0.0));
        }
    }
    for (s, &offset) in a.steps.iter().enumerate() {
        for &(pa, pb) in products(terms) {
            for col in 0..2 {
                let tile = &b[((s * terms + pb) * 2 + col) * TILE * STEP..][..TILE * STEP];
                let mut apart = [[[0.0f32; TILE]; TILE]; 2];
                for (k, line) in tile.chunks_exact(STEP).enumerate() {
                    for (j, pair) in line.chunks_exact(2).enumerate() {
                        (apart[0][k][j], apart[1][k][j]) = (widen(pair[0]), widen(pair[1]));
                    }
                }
                for (from, to) in a.first.into_iter().zip(target.first) {
                    for i in 0..rows {
                        let row = &a.data[from + offset as usize + pa * a.term + i * a.stride..][..STEP];
                        let to = &mut target.data[to + i * target.stride + col * TILE..][..TILE];
                        add_row(row, &apart, to);
                    }
                }
            }
        }
    }
}

fn add_row(row: &[u16], apart: &[[[f32; TILE]; TILE]; 2], to: &mut [f32]) {
    let mut sums = [[0.0f32; TILE]; 2];
    for (k, pair) in row.chunks_exact(2).enumerate() {
        for r in 0..2 {
            let a = widen(pair[r]);
            sums[r].iter_mut().zip(&apart[r][k]).for_each(|(s, b)| *s += a * b);
        }
    }
    to.iter_mut().zip(sums[0].iter().zip(sums[1])).for_each(|(c, (even, odd))| *c += even + odd);
}
