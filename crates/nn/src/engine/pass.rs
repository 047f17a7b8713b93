//! What a pass of a shard reads besides its own buffers.

use super::batch_norm::Coefficients;
use super::block::{Block, Operand};
use super::buffers::{Buffers, Wanted};
use super::program::{Pass, Program};
use sparring_tensor::{Array, Elem};

/// What a pass of a shard reads besides its own buffers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a, E: Elem> {
    pub program: &'a Program<E>,
    pub pass: Pass<'a>,
    /// What the backward pass finds.
    pub wanted: Wanted,
    /// Of each batch normalisation, as far as they are known.
    pub norms: &'a [Coefficients<E>],
}

/// Rows of an input and their distance.
pub(super) type Strided<'a, E> = (&'a [E], usize);

/// The rows of a block's input number `k`; `x` are those of the network's.
pub(super) fn source<'a, E: Elem>(
    before: &'a [Buffers<E>],
    x: Strided<'a, E>,
    block: &Block,
    k: usize,
) -> Strided<'a, E> {
    let input = block.inputs[k];
    match input.from {
        Operand::Input => x,
        Operand::Block(j) => (before[j].output(), input.extent.stride()),
    }
}

/// A buffer of whole rows.
pub(super) fn rows_of<E: Elem>(rows: usize, len: usize) -> Array<E> {
    Array::stale([rows * len])
}
