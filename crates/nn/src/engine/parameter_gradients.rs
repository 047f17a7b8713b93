//! Gradients of parameters that are summed within a shard.

use super::block::{Block, BlockOp};
use super::buffers::Buffers;
use super::pass::{Context, Strided, source};
use super::weight::Form;
use sparring_tensor::normalize::GradSums;
use sparring_tensor::{Elem, elementwise};
use std::ops::Range;

/// Adds the shard's gradients of a convolution's parameters, or finds the sums that a batch normalisation needs, from the gradient at the operation; of some
/// of its examples.
pub(super) fn parameter_gradients<E: Elem>(
    cx: Context<'_, E>,
    block: &Block,
    before: &[Buffers<E>],
    input: Strided<'_, E>,
    examples: Range<usize>,
    buffers: &mut Buffers<E>,
) {
    let (n, stride) = (block.middle.len(), block.middle.stride());
    let (x, from) = source(before, input, block, 0);
    let (x, first, rows) = (&x[examples.start * from..], examples.start * stride, examples.len());
    match block.op {
        BlockOp::Conv(w) | BlockOp::ConvTranspose(w) if cx.wanted.learns() => {
            let dz = &buffers.dz.as_ref().expect("prepared for gradients").as_slice()[first..];
            let dw = buffers.dw.as_mut().expect("prepared for sums").as_mut_slice();
            let db = buffers.db.as_mut().expect("prepared for sums").as_mut_slice();
            match cx.program.weights[w].form {
                Form::Conv(conv) => {
                    conv.weight_grad_of_rows(rows, x, dz, [from, stride], dw);
                    (0..rows).for_each(|r| conv.bias_grad(&dz[r * stride..][..n], db));
                }
                Form::ConvTranspose(conv) => {
                    conv.weight_grad_of_rows(rows, dz, x, [stride, from], dw);
                    let images = dz.chunks(stride).take(rows);
                    images
                        .flat_map(|dz| dz[..n].chunks_exact(block.middle.c))
                        .for_each(|dz| elementwise::add_slice(db, dz));
                }
                Form::Matmul(_) => unreachable!("compiled as a convolution"),
            }
        }
        BlockOp::BatchNorm(i) if cx.pass.batch && (cx.wanted.learns() || cx.pass.takes_statistics()) => {
            let (norm, mean) = (&cx.program.batch_norms[i].block, cx.norms[i].mean.as_slice());
            let sums = buffers.sums.get_or_insert_with(|| GradSums::new(mean.len()));
            let dz = &buffers.dz.as_ref().expect("prepared for gradients").as_slice()[first..];
            if block.is_in_place() && cx.pass.takes_statistics() {
                norm.relu_grad_sums(
                    rows,
                    x,
                    dz,
                    &buffers.z.as_slice()[first..],
                    [from, stride, stride],
                    mean,
                    sums,
                );
            } else {
                norm.grad_sums(rows, x, dz, [from, stride], mean, sums);
            }
        }
        _ => {}
    }
}
