//! Rows of a matrix split into terms, in the layout of tiles.

use super::block::{Place, Source};
use crate::Mat;
use crate::extent::allocatable;
use crate::kernels::bf16::{Lines, STEP, TILE, Unit, cut, halves, halves_mut};
use crate::kernels::{Kernels, Scratch};
use sparring_math::simd;

/// Some rows, split.
#[derive(Debug)]
pub(super) struct Rows {
    lines: Lines,
    term: usize,
    stride: usize,
    terms: usize,
    tile: usize,
    rows: usize,
}

impl Rows {
    /// Splits the rows of `a`.
    #[track_caller]
    pub fn cut(unit: Unit, a: Mat<'_, f32>, terms: usize) -> Self {
        let (m, k, [rs, cs]) = (a.rows(), a.cols(), a.strides());
        // Tiles of almost equal height, an even number if there are two.
        let tiles = m.div_ceil(2 * TILE).max(1) * if m > TILE { 2 } else { 1 };
        let tile = m.div_ceil(tiles);
        let steps = k.div_ceil(STEP);
        // An odd number of lines: rows that are a power of two apart would share a few sets of the cache.
        let lines = steps + usize::from(steps.is_multiple_of(2));
        let (stride, height) = (lines * STEP, tiles * tile);
        let all = allocatable("tiles: rows", &[terms, height, lines]);
        let term = height * stride;
        let mut this = Self { lines: Lines::stale(all), term, stride, terms, tile, rows: m };
        let to = halves_mut(this.lines.as_mut_slice());
        let mut transposed =
            Scratch::<f32>::stale(if cs == 1 { 0 } else { allocatable("tiles: rows", &[m, k]) });
        let (from, rs) = if cs == 1 {
            (a.data(), rs)
        } else {
            let transposed = transposed.as_mut_slice();
            if rs == 1 {
                f32::table(simd::isa()).transpose(a.data(), cs, k, m, transposed, k);
            } else {
                for (i, row) in transposed.chunks_mut(k.max(1)).enumerate() {
                    row.iter_mut().enumerate().for_each(|(p, v)| *v = a.data()[i * rs + p * cs]);
                }
            }
            (&*transposed, k)
        };
        for i in 0..m {
            let to = &mut to[i * stride..];
            if k > 0 {
                cut(unit, &from[i * rs..][..k], terms, to, term);
            }
            for p in 0..terms {
                to[p * term + k..p * term + steps * STEP].fill(0);
            }
        }
        this
    }
    /// Rows of a tile.
    pub fn tile(&self) -> usize {
        self.tile
    }
    pub fn source<'a>(&'a self, steps: &'a [u32]) -> Source<'a> {
        let data = halves(self.lines.as_slice());
        Source { data, term: self.term, stride: self.stride, steps, terms: self.terms }
    }
    /// All tiles, for an output with rows `stride` apart.
    pub fn tiles(&self, stride: usize) -> impl Iterator<Item = Place> + use<'_> {
        (0..self.rows).step_by(self.tile.max(1)).map(move |i| Place {
            a: i * self.stride,
            c: i * stride,
            rows: (self.rows - i).min(self.tile),
        })
    }
}
