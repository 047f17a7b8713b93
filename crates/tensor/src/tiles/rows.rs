//! Rows of a matrix cut into parts, as tiles read them.

use super::block::{Place, Source};
use crate::Mat;
use crate::extent::room;
use crate::kernels::bf16::{Lines, STEP, TILE, Unit, cut, halves, halves_mut};
use crate::kernels::{Kernels, Scratch};
use sparring_math::simd;

/// Some rows, cut.
#[derive(Debug)]
pub(super) struct Rows {
    lines: Lines,
    part: usize,
    stride: usize,
    parts: usize,
    tile: usize,
    rows: usize,
}

impl Rows {
    /// Cuts the rows of `a`.
    #[track_caller]
    pub fn cut(unit: Unit, a: Mat<'_, f32>, parts: usize) -> Self {
        let (m, k, [rs, cs]) = (a.rows(), a.cols(), a.strides());
        // Tiles of almost equal height, an even number if there are two.
        let tiles = m.div_ceil(2 * TILE).max(1) * if m > TILE { 2 } else { 1 };
        let tile = m.div_ceil(tiles);
        let steps = k.div_ceil(STEP);
        // An odd number of lines: rows that are a power of two apart would share a few sets of the cache.
        let lines = steps + usize::from(steps.is_multiple_of(2));
        let (stride, height) = (lines * STEP, tiles * tile);
        let all = room("tiles: rows", &[parts, height, lines]);
        let part = height * stride;
        let mut this = Self { lines: Lines::stale(all), part, stride, parts, tile, rows: m };
        let to = halves_mut(this.lines.as_mut_slice());
        let mut turned = Scratch::<f32>::stale(if cs == 1 { 0 } else { room("tiles: rows", &[m, k]) });
        let (from, rs) = if cs == 1 {
            (a.data(), rs)
        } else {
            let turned = turned.as_mut_slice();
            if rs == 1 {
                f32::door(simd::isa()).transpose(a.data(), cs, k, m, turned, k);
            } else {
                for (i, row) in turned.chunks_mut(k.max(1)).enumerate() {
                    row.iter_mut().enumerate().for_each(|(p, v)| *v = a.data()[i * rs + p * cs]);
                }
            }
            (&*turned, k)
        };
        for i in 0..m {
            let to = &mut to[i * stride..];
            if k > 0 {
                cut(unit, &from[i * rs..][..k], parts, to, part);
            }
            for p in 0..parts {
                to[p * part + k..p * part + steps * STEP].fill(0);
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
        Source { data, part: self.part, stride: self.stride, steps, parts: self.parts }
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
