//! The stored numbers of a data set.

use crate::unit;
use sparring_math::simd;
use std::ops::Range;
use std::sync::Arc;

/// Stored inputs, row after row; copies share the memory.
#[derive(Clone, Debug)]
pub enum Pixels {
    /// Bytes, seen as `byte / 255` in [0, 1]: 47 MB for MNIST instead of 188.
    U8(Arc<[u8]>),
    /// Numbers as they are.
    F32(Arc<[f32]>),
}

impl Pixels {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::U8(p) => p.len(),
            Self::F32(p) => p.len(),
        }
    }
    /// Those of `range` as numbers; as long as `out`.
    pub(crate) fn to_f32(&self, range: Range<usize>, out: &mut [f32]) {
        match self {
            Self::U8(p) => unit::unit(&p[range], out),
            Self::F32(p) => out.copy_from_slice(&p[range]),
        }
    }
    /// Asks the caches for those of `range`.
    pub(crate) fn ask_for(&self, range: Range<usize>) {
        const LINE: usize = 64;
        fn lines<T>(row: &[T]) {
            let line = (LINE / size_of::<T>()).max(1);
            (0..row.len()).step_by(line).for_each(|at| simd::prefetch(row, at));
        }
        match self {
            Self::U8(p) => lines(&p[range]),
            Self::F32(p) => lines(&p[range]),
        }
    }
    /// Prepares the memory for reads in no order.
    pub(crate) fn gather_pages(&self) {
        match self {
            Self::U8(p) => simd::gather_pages(p),
            Self::F32(p) => simd::gather_pages(p),
        }
    }
}
