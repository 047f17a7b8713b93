//! A batch on its way into its shards.

use super::buffers::Wanted;
use super::cut::Cut;
use super::first_matmul::FirstMatmul;
use super::pass::{Context, Strided};
use super::program::Program;
use super::shard::Shard;
use sparring_tensor::{Array, Elem};
use std::ops::Range;

/// A shard with its examples, one after the other.
#[derive(Debug)]
pub(super) struct Loaded<E: Elem> {
    pub x: Array<E>,
    pub shard: Shard<E>,
}

/// Each shard with its rows of the gradient at the input, where that is wanted.
pub(super) fn with_inputs<'a, E: Elem>(
    shards: &'a mut [Loaded<E>],
    cut: Cut,
    dim: usize,
    mut dx: Option<&'a mut [E]>,
) -> Vec<(&'a mut Loaded<E>, Option<&'a mut [E]>)> {
    let with = |(i, loaded)| {
        let own = dx.take().map(|all| {
            let (own, rest) = all.split_at_mut(cut.shard(i).len() * dim);
            dx = Some(rest);
            own
        });
        (loaded, own)
    };
    shards.iter_mut().enumerate().map(with).collect()
}

/// The examples of a batch.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a, E: Elem> {
    pub cut: Cut,
    pub wanted: Wanted,
    /// `row(i, to)` writes example `i`.
    pub row: &'a (dyn Fn(usize, &mut [E]) + Sync),
    /// The first matmul, where it has been done.
    pub first: Option<&'a FirstMatmul<E>>,
}

impl<E: Elem> Batch<'_, E> {
    /// Buffers for shard `i`; with `shares_scratch` as for [`Shard::prepare`].
    pub fn prepare(&self, program: &Program<E>, i: usize, loaded: &mut Loaded<E>, shares_scratch: bool) {
        let examples = self.cut.shard(i);
        loaded.shard.prepare(program, examples.start, examples.len(), Some(self.wanted), shares_scratch);
    }
    /// Brings the examples of shard `i` in, and runs them through the first blocks.
    pub fn begin(&self, cx: Context<'_, E>, i: usize, loaded: &mut Loaded<E>, blocks: Range<usize>) {
        if let Some(first) = self.first {
            return loaded.shard.forward_after(cx, first, i, blocks.end);
        }
        let (dim, examples) = (cx.program.dim, self.cut.shard(i));
        if loaded.x.len() < examples.len() * dim {
            loaded.x = Array::zeros([examples.len() * dim]);
        }
        let x = loaded.x.as_mut_slice().chunks_exact_mut(dim);
        examples.zip(x).for_each(|(i, x)| (self.row)(i, x));
        loaded.shard.forward(cx, (loaded.x.as_slice(), dim), blocks);
    }
    /// The examples of shard `i`, once it has begun.
    pub fn rows<'x>(&'x self, program: &Program<E>, i: usize, x: &'x Array<E>) -> Strided<'x, E> {
        match self.first {
            Some(first) => (first.examples(0, i), program.blocks[0].input().stride()),
            None => (x.as_slice(), program.dim),
        }
    }
}
