//! One block, forwards.

use super::block::{Block, BlockOp};
use super::buffers::Buffers;
use super::pass::{Context, Strided, source};
use super::tape_run::gathered;
use super::weight::{Backward, Form};
use sparring_tensor::{Elem, Mat, MatMut, channels_last, elementwise, rows as strided};

/// The operation of a block on a shard's `rows` examples, the `first` of which has this position in the batch, and its epilogue.
pub(super) fn operation<E: Elem>(
    cx: Context<'_, E>,
    block: &Block,
    before: &[Buffers<E>],
    input: Strided<'_, E>,
    (first, rows): (usize, usize),
    to: &mut Buffers<E>,
) {
    let program = cx.program;
    let (len, out) = (block.middle.len(), block.middle.stride());
    let (x, stride) = source(before, input, block, 0);
    let k = block.input().len();
    match block.op {
        BlockOp::Copy => strided::copy(rows, len, x, to.z.as_mut_slice(), [stride, out]),
        BlockOp::Matmul(w) => {
            let z = MatMut::with_stride(to.z.as_mut_slice(), rows, len, out);
            program.weights[w].matmul_into(Mat::with_strides(x, rows, k, stride, 1), z);
        }
        BlockOp::Conv(w) => {
            let w = &program.weights[w];
            let Form::Conv(conv) = w.form else { unreachable!("compiled as a convolution") };
            for r in 0..rows {
                let (x, z) = (&x[r * stride..][..k], to.image(block, r));
                w.convolution(&conv, x, z);
                to.finish_image(block, r);
            }
        }
        BlockOp::ConvTranspose(w) => {
            let w = &program.weights[w];
            let (Form::ConvTranspose(conv), Backward::Conv(panels)) = (w.form, w.backward()) else {
                unreachable!("compiled as a transposed convolution")
            };
            for r in 0..rows {
                let z = to.image(block, r);
                conv.input_grad(panels, &x[r * stride..][..k], z);
                z.chunks_exact_mut(block.middle.c).for_each(|z| elementwise::add_slice(z, w.row.as_slice()));
                to.finish_image(block, r);
            }
        }
        BlockOp::BatchNorm(n) => {
            let (norm, c) = (&program.batch_norms[n].block, &cx.norms[n]);
            let (scale, shift) = (c.scale.as_slice(), c.shift.as_slice());
            if block.is_fused() {
                for r in 0..rows {
                    norm.affine(1, &x[r * stride..][..k], to.image(block, r), [k, len], scale, shift);
                    to.finish_image(block, r);
                }
                return to.finish(program, block, &cx.pass, first, rows);
            }
            let z = to.z.as_mut_slice();
            if block.is_in_place() {
                norm.relu_affine(rows, x, z, [stride, out], scale, shift);
            } else {
                norm.affine(rows, x, z, [stride, out], scale, shift);
            }
        }
        BlockOp::Affine(n) => {
            let affine = &program.affines[n];
            let (scale, shift) = (affine.scale.as_slice(), affine.shift.as_slice());
            affine.block.affine(rows, x, to.z.as_mut_slice(), [stride, out], scale, shift);
        }
        BlockOp::LayerNorm(n) => {
            let norm = &program.layer_norms[n];
            let [gain, bias] = norm.params.map(|p| program.plains[p].value.as_slice());
            let each = norm.rows;
            to.stats.iter_mut().for_each(|s| s.resize(rows * each, E::ZERO));
            let [mean, deviation] = &mut to.stats;
            for r in 0..rows {
                let (x, z) = (&x[r * stride..][..len], &mut to.z.as_mut_slice()[r * out..][..len]);
                let (of, apart) = (r * each..(r + 1) * each, len / each);
                norm.block.forward(
                    each,
                    x,
                    z,
                    [apart; 2],
                    gain,
                    bias,
                    &mut mean[of.clone()],
                    &mut deviation[of],
                );
            }
        }
        BlockOp::Add => {
            let (y, y_stride) = source(before, input, block, 1);
            let (z, apart) = (to.z.as_mut_slice(), [stride, y_stride, out]);
            if block.adds_and_rectifies() {
                strided::add_relu(rows, len, x, y, z, apart);
            } else {
                strided::add(rows, len, x, y, z, apart);
            }
            for k in 2..block.inputs.len() {
                let (x, stride) = source(before, input, block, k);
                strided::accumulate(rows, len, x, z, [stride, out]);
            }
        }
        BlockOp::Concat => {
            let (pixels, all, mut at) = (block.middle.h * block.middle.w, block.middle.c, 0);
            for k in 0..block.inputs.len() {
                let ((x, stride), c) =
                    (source(before, input, block, k), block.inputs[k].extent.len() / pixels);
                for r in 0..rows {
                    let z = &mut to.z.as_mut_slice()[r * out + at..];
                    strided::copy(pixels, c, &x[r * stride..], z, [c, all]);
                }
                at += c;
            }
        }
        BlockOp::ChannelsLast | BlockOp::ChannelsFirst => {
            let last = block.op == BlockOp::ChannelsLast;
            let c = if last { block.middle.c } else { block.input().c };
            for r in 0..rows {
                let (x, z) = (&x[r * stride..][..len], &mut to.z.as_mut_slice()[r * out..][..len]);
                if last {
                    channels_last::to_channels_last(x, c, z)
                } else {
                    channels_last::to_channels_first(x, c, z)
                }
            }
        }
        // Has seen the whole batch already.
        BlockOp::Tape(_) if cx.pass.batch && program.spans_batch(block) => {}
        BlockOp::Tape(t) => {
            let on = &program.tapes[t];
            let inputs = on.shapes.iter().enumerate().map(|(k, &shape)| {
                let (x, stride) = source(before, input, block, k);
                gathered(x, block.inputs[k].extent.len(), stride, shape, rows)
            });
            let run = to.tape.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
            let y = run.forward(program, on, &cx.pass, first, inputs.collect(), None);
            strided::copy(rows, len, y.as_slice(), to.z.as_mut_slice(), [len, out]);
        }
    }
    to.finish(program, block, &cx.pass, first, rows);
}
