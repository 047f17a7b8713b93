//! What a program's blocks need to know of each other, once all of them stand.

use super::block::{Act, Block, BlockOp, Operand};
use super::program::Program;
use crate::Mode;
use sparring_tensor::Elem;

/// What follows from the whole list of blocks.
pub(super) fn finish<E: Elem>(program: &mut Program<E>, mode: Mode) {
    let trained = |b: &Block, program: &Program<E>| {
        let own = match b.op {
            BlockOp::Matmul(_)
            | BlockOp::Conv(_)
            | BlockOp::ConvTranspose(_)
            | BlockOp::BatchNorm(_)
            | BlockOp::LayerNorm(_) => true,
            BlockOp::Tape(t) => !program.tapes[t].params.is_empty(),
            _ => false,
        };
        own || matches!(b.act, Some(Act::Learnt(_)))
    };
    for i in 0..program.blocks.len() {
        let before = program.blocks[i].inputs.iter().any(|input| match input.from {
            Operand::Input => false,
            Operand::Block(j) => program.blocks[j].learns,
        });
        program.blocks[i].learns = before || trained(&program.blocks[i], program);
        if let (BlockOp::Matmul(_), Operand::Block(j)) =
            (program.blocks[i].op, program.blocks[i].inputs[0].from)
        {
            program.blocks[j].feeds_matmul = true;
        }
    }
    // What comes from a batch normalisation has the size of its weights, and is looked through once it has become the weight's gradient.
    let normalised: Vec<usize> = program
        .blocks
        .iter()
        .filter(|b| matches!(b.op, BlockOp::BatchNorm(_)))
        .filter_map(|b| match b.inputs[0].from {
            Operand::Block(j) => Some(j),
            Operand::Input => None,
        })
        .collect();
    for (i, block) in program.blocks.iter_mut().enumerate() {
        block.flushes = block.weight().is_some() && !(block.is_bare() && normalised.contains(&i));
    }
    // The backward pass goes from the last block to the first: the first to come writes, the others add.
    let mut written = vec![false; program.blocks.len() + 1];
    for input in program.blocks.iter_mut().rev().flat_map(|b| &mut b.inputs) {
        let place = match input.from {
            Operand::Input => 0,
            Operand::Block(j) => j + 1,
        };
        input.adds = std::mem::replace(&mut written[place], true);
    }
    let count = program.blocks.len();
    let begins = |i: &usize| mode == Mode::Train && program.spans_batch(&program.blocks[*i]);
    let mut starts: Vec<usize> = std::iter::once(0).chain((0..count).filter(begins)).collect();
    starts.push(count);
    program.phases = starts.windows(2).map(|w| w[0]..w[1]).collect();
}
