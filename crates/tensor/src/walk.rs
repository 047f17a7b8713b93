//! Iteration over an output and its strided operands, with axes merged where all of them allow it.

use crate::Shape;
use std::ops::Range;

/// Elements of a cheap loop that a thread takes at a time.
pub(crate) const GRAIN: usize = 1 << 15;

/// Row-major strides of `from`, 0 on the axes along which it is repeated to fill `to`.
///
/// `from` must broadcast to `to`.
pub(crate) fn repeat_strides(from: Shape, to: Shape) -> [usize; 4] {
    let (from, to) = (from.dims4(), to.dims4());
    let mut strides = [0; 4];
    let mut step = 1;
    for d in (0..4).rev() {
        strides[d] = if from[d] == to[d] { step } else { 0 };
        step *= from[d];
    }
    strides
}

/// Merged extents (innermost last) and each operand's strides over them.
#[derive(Debug)]
pub(crate) struct Walk<const N: usize> {
    /// Extents, outermost first; unused ones are 1.
    pub extents: [usize; 4],
    /// Strides of operand `i` over these extents.
    pub strides: [[usize; 4]; N],
}

impl<const N: usize> Walk<N> {
    /// Drops axes of extent 1 and merges neighbours that are contiguous in every operand.
    pub fn new(out: [usize; 4], strides: [[usize; 4]; N]) -> Self {
        let mut walk = Self { extents: [1; 4], strides: [[0; 4]; N] };
        let mut at = 4;
        for d in (0..4).rev().filter(|&d| out[d] != 1) {
            let joins = at < 4 && (0..N).all(|i| strides[i][d] == walk.strides[i][at] * walk.extents[at]);
            if joins {
                walk.extents[at] *= out[d];
            } else {
                at -= 1;
                walk.extents[at] = out[d];
                for i in 0..N {
                    walk.strides[i][at] = strides[i][d];
                }
            }
        }
        if at == 4 {
            // A single element: a contiguous run of 1 for the inner loops.
            walk.strides.iter_mut().for_each(|s| s[3] = 1);
        }
        walk
    }

    /// Length of an innermost run.
    pub fn inner(&self) -> usize {
        self.extents[3]
    }
    /// Number of runs.
    pub fn rows(&self) -> usize {
        self.extents[..3].iter().product()
    }
    /// Each operand's stride along a run.
    pub fn steps(&self) -> [usize; N] {
        self.strides.map(|s| s[3])
    }
    /// Elements of output a thread takes at a time: whole runs, or a piece of the only one.
    pub fn chunk(&self) -> usize {
        if self.rows() == 1 { GRAIN } else { self.inner() * (GRAIN / self.inner().max(1)).max(1) }
    }

    /// Visits the runs of chunk `k` whose output is `out`: `f(run of out, offset of each operand)`.
    #[inline(always)]
    pub fn runs<E>(&self, k: usize, out: &mut [E], mut f: impl FnMut(&mut [E], [usize; N])) {
        if self.rows() == 1 {
            return f(out, self.steps().map(|s| s * k * self.chunk()));
        }
        let first = k * self.chunk() / self.inner();
        let [_, e1, e2, _] = self.extents;
        let mut at = [first / (e1 * e2), first / e2 % e1, first % e2];
        for run in out.chunks_mut(self.inner()) {
            f(run, self.strides.map(|s| s[0] * at[0] + s[1] * at[1] + s[2] * at[2]));
            at[2] += 1;
            if at[2] == e2 {
                at = if at[1] + 1 == e1 { [at[0] + 1, 0, 0] } else { [at[0], at[1] + 1, 0] };
            }
        }
    }
}

/// `shape` seen as `[outer, extent of the axes, inner]`.
pub(crate) fn around(shape: Shape, axes: Range<usize>) -> [usize; 3] {
    [
        shape[..axes.start].iter().product(),
        shape[axes.clone()].iter().product(),
        shape[axes.end..].iter().product(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_merge_where_all_operands_allow() {
        let (out, bias) = (Shape::from([8, 3, 5, 7]), Shape::from([1, 3, 1, 1]));
        let w = Walk::new(out.dims4(), [repeat_strides(out, out), repeat_strides(bias, out)]);
        assert_eq!((w.extents, w.steps()), ([1, 8, 3, 35], [1, 0]));
        let w = Walk::new(out.dims4(), [repeat_strides(out, out); 2]);
        assert_eq!((w.extents, w.steps()), ([1, 1, 1, 840], [1, 1]));
        let one = Shape::from([1, 1]);
        assert_eq!(Walk::new(one.dims4(), [repeat_strides(one, one)]).steps(), [1]);
    }
}
