//! A compiled network: instructions, and parameters as the kernels read them.

use super::block::{AffineOp, BatchNormOp, Block, BlockOp, LayerNormOp, Learnt};
use super::weight::Weight;
use crate::{AnyLayer, Param, ParamKind, Span};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem, Shape};
use std::ops::Range;

/// A parameter in the layout of files: all but the weights and biases of matmuls and convolutions.
#[derive(Debug)]
pub(super) struct Plain<E: Elem> {
    pub id: u64,
    pub kind: ParamKind,
    pub value: Array<E>,
}

impl<E: Elem> Plain<E> {
    pub fn new(param: &Param<E>) -> Self {
        Self { id: param.id(), kind: param.kind(), value: param.value.clone() }
    }
}

/// A layer that runs on a tape.
#[derive(Debug)]
pub(super) struct OnTape {
    pub layer: AnyLayer,
    pub node: usize,
    pub span: Span,
    /// Positions among the plain parameters.
    pub params: Range<usize>,
    /// Shapes of the inputs for one example, batch axis included.
    pub shapes: Vec<Shape>,
}

/// A compiled network.
#[derive(Debug)]
pub(super) struct Program<E: Elem> {
    /// In an order in which each reads only what stands before it; the last one is the output.
    pub blocks: Vec<Block>,
    /// Blocks between two places where the whole batch is needed; from the second on a range begins with the block that needs it.
    pub phases: Vec<Range<usize>>,
    pub weights: Vec<Weight<E>>,
    pub plains: Vec<Plain<E>>,
    pub learnt: Vec<Learnt<E>>,
    pub batch_norms: Vec<BatchNormOp>,
    pub layer_norms: Vec<LayerNormOp>,
    pub affines: Vec<AffineOp<E>>,
    pub tapes: Vec<OnTape>,
    /// Numbers of an example.
    pub dim: usize,
}

impl<E: Elem> Program<E> {
    /// The last block.
    pub fn last(&self) -> &Block {
        self.blocks.last().expect("a program has a block")
    }
    /// Whether a block needs the whole batch in training.
    pub fn spans_batch(&self, block: &Block) -> bool {
        match block.op {
            BlockOp::BatchNorm(_) => true,
            BlockOp::Tape(t) => self.tapes[t].span == Span::Batch,
            _ => false,
        }
    }
    /// Whether some gradient is summed within each shard first, so that shards must not follow the threads.
    pub fn sums_by_shard(&self) -> bool {
        self.phases.len() > 1
            || !self.learnt.is_empty()
            || !self.layer_norms.is_empty()
            || !self.tapes.is_empty()
            || !self.is_dense()
    }
    /// Whether all packed weights are of matmuls.
    pub fn is_dense(&self) -> bool {
        !self.weights.iter().any(Weight::sums_by_shard)
    }
    /// Whether it begins with a matmul, and nothing else reads the examples.
    pub fn begins_with_matmul(&self) -> bool {
        let reads = |b: &Block| b.inputs.iter().any(|i| i.from == super::block::Operand::Input);
        self.is_dense()
            && matches!(self.blocks[0].op, BlockOp::Matmul(_))
            && !self.blocks[1..].iter().any(reads)
    }
    /// Whether it is matmuls with activations one after the other.
    pub fn is_dense_chain(&self) -> bool {
        let follows = |(i, b): (usize, &Block)| match b.inputs[..] {
            [input] => {
                matches!(b.op, BlockOp::Matmul(_))
                    && b.pool.is_none()
                    && input.from
                        == i.checked_sub(1).map_or(super::block::Operand::Input, super::block::Operand::Block)
            }
            _ => false,
        };
        self.blocks.iter().enumerate().all(follows)
    }
}

/// What a pass over examples draws from, and how layers behave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass<'a> {
    pub mode: crate::Mode,
    /// Whether layers that span the batch see it whole, as in a training step.
    pub batch: bool,
    /// The key of the step.
    pub key: Key,
    /// The ids of the batch's examples; by position where there are fewer.
    pub ids: &'a [u64],
}

impl Pass<'_> {
    /// Whether batch normalisations use the statistics of the batch.
    pub fn takes_statistics(&self) -> bool {
        self.batch && self.mode == crate::Mode::Train
    }
    pub fn id(&self, i: usize) -> u64 {
        self.ids.get(i).copied().unwrap_or(i as u64)
    }
}
