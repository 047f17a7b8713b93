//! How rows are cut for caches, vectors and threads.

use crate::{Elem, Shape};

/// Elements of the whole rows of a block that fits the first-level cache.
const TILE: usize = 2048;
/// Lanes of the sum of a long row; shorter rows are processed this many at a time, one a lane.
pub(super) const LANES: usize = 16;
/// Length of a row.
#[track_caller]
pub(super) fn row(op: &str, s: Shape) -> usize {
    assert!(s.rank() > 0, "{op}: a scalar has no rows, expects shape [.., m]");
    s[s.rank() - 1]
}

/// Elements of as many rows as fit a tile, at least one.
pub(super) fn tile(m: usize) -> usize {
    m.max(1) * (TILE / m.max(1)).max(1)
}

/// Elements that a thread takes at a time: consecutive tiles, at most sixteen, so that there are at least thirty-two such chunks.
pub(super) fn chunk(len: usize, tile: usize) -> usize {
    tile * (len / tile / 32).clamp(1, 16)
}

/// Σ in an order fixed by the length.
#[inline(always)]
pub(super) fn total<E: Elem>(x: &[E]) -> E {
    let (blocks, rest) = x.as_chunks::<LANES>();
    let mut sum = E::ZERO;
    if !blocks.is_empty() {
        let mut lanes = [E::ZERO; LANES];
        for block in blocks {
            for l in 0..LANES {
                lanes[l] += block[l];
            }
        }
        sum = lanes.iter().fold(sum, |s, &x| s + x);
    }
    rest.iter().fold(sum, |s, &x| s + x)
}
