//! The gradients at the inputs of one block.

use super::block::{Block, BlockOp, Operand};
use super::buffers::Buffers;
use super::pass::{Context, Strided, rows_of, source};
use super::tape_run::gathered;
use super::weight::{Backward, Form};
use sparring_tensor::{Array, Elem, Mat, MatMut, Shape, channels_last, elementwise, rows as strided};
use std::ops::Range;

/// Gives the gradient at input `k` to `write(x, to, stride)`, which writes it whole (`x` are the input's rows), for some of its examples; added where there is one already. Nothing happens where
/// nobody wants it.
fn deliver<E: Elem>(
    cx: Context<'_, E>,
    block: &Block,
    k: usize,
    before: &mut [Buffers<E>],
    x: Strided<'_, E>,
    dx: Option<&mut [E]>,
    examples: Range<usize>,
    write: impl FnOnce(Strided<'_, E>, &mut [E], usize),
) {
    let input = block.inputs[k];
    let len = input.extent.len();
    let (first, rows) = (examples.start, examples.len());
    let ((x, from), to, stride) = match input.from {
        Operand::Input => match dx {
            Some(dx) => (x, dx, len),
            None => return,
        },
        Operand::Block(j) if !cx.wanted.reaches_input() && !cx.program.blocks[j].learns => return,
        Operand::Block(j) => {
            let stride = input.extent.stride();
            let (y, dy) = before[j].ends();
            ((y, stride), dy, stride)
        }
    };
    let (x, to) = ((&x[first * from..], from), &mut to[first * stride..]);
    if input.adds {
        let mut own = rows_of(rows, stride);
        write(x, own.as_mut_slice(), stride);
        strided::accumulate(rows, len, own.as_slice(), to, [stride; 2]);
    } else {
        write(x, to, stride);
    }
}

/// The gradients at the inputs of a block from that at its operation, and those of parameters that come with them; of some of the
/// shard's examples, of all in a layer on a tape.
pub(super) fn input_gradient<E: Elem>(
    cx: Context<'_, E>,
    block: &Block,
    before: &mut [Buffers<E>],
    input: Strided<'_, E>,
    mut dx: Option<&mut [E]>,
    examples: Range<usize>,
    buffers: &mut Buffers<E>,
) {
    let program = cx.program;
    let (n, stride) = (block.middle.len(), block.middle.stride());
    let (first, rows) = (examples.start, examples.len());
    let Buffers { z, dz, grads, stats, tape, .. } = buffers;
    let dz = &dz.as_ref().expect("prepared for gradients").as_slice()[first * stride..];
    let one = block.input().len();
    match block.op {
        BlockOp::Copy => deliver(cx, block, 0, before, input, dx, examples, |_, to, apart| {
            strided::copy(rows, n, dz, to, [stride, apart]);
        }),
        BlockOp::Matmul(w) => deliver(cx, block, 0, before, input, dx, examples, |_, to, apart| {
            let Backward::Matmul(transposed, tiles) = program.weights[w].backward() else {
                unreachable!("compiled as a matmul")
            };
            let (dz, to) =
                (Mat::with_strides(dz, rows, n, stride, 1), MatMut::with_stride(to, rows, one, apart));
            match tiles {
                Some(tiles) => tiles.left_multiplied(dz, None, to),
                None => transposed.left_multiplied(dz, None, to),
            }
        }),
        BlockOp::Conv(w) => deliver(cx, block, 0, before, input, dx, examples, |_, to, apart| {
            let weight = &program.weights[w];
            let (Backward::Conv(panels), Form::Conv(conv)) = (weight.backward(), weight.form) else {
                unreachable!("compiled as a convolution")
            };
            for r in 0..rows {
                conv.input_grad(panels, &dz[r * stride..][..n], &mut to[r * apart..][..one]);
            }
        }),
        BlockOp::ConvTranspose(w) => deliver(cx, block, 0, before, input, dx, examples, |_, to, apart| {
            let weight = &program.weights[w];
            let Form::ConvTranspose(conv) = weight.form else { unreachable!("compiled so") };
            for r in 0..rows {
                conv.forward(&weight.forward, None, &dz[r * stride..][..n], &mut to[r * apart..][..one]);
            }
        }),
        BlockOp::BatchNorm(i) => {
            let (norm, c) = (&program.batch_norms[i].block, &cx.norms[i]);
            deliver(cx, block, 0, before, input, dx, examples, |(x, from), to, apart| {
                let [a, b, d] = c.back.each_ref().map(Array::as_slice);
                let back = [a, b, c.mean.as_slice(), d];
                if !cx.pass.takes_statistics() {
                    norm.affine(
                        rows,
                        dz,
                        to,
                        [stride, apart],
                        c.scale.as_slice(),
                        zeros(c.scale.len()).as_slice(),
                    );
                } else if block.is_in_place() {
                    let z = &z.as_slice()[first * stride..];
                    norm.relu_input_grad(rows, x, dz, z, to, [from, stride, stride, apart], back);
                } else {
                    norm.input_grad(rows, x, dz, to, [from, stride, apart], back);
                }
            });
        }
        BlockOp::Affine(i) => deliver(cx, block, 0, before, input, dx, examples, |_, to, apart| {
            let affine = &program.affines[i];
            let (scale, zeros) = (affine.scale.as_slice(), affine.zeros.as_slice());
            affine.block.affine(rows, dz, to, [stride, apart], scale, zeros);
        }),
        BlockOp::LayerNorm(i) => {
            let norm = &program.layer_norms[i];
            let gain = program.plains[norm.params[0]].value.as_slice();
            let each = norm.rows;
            let [mean, deviation] = stats.each_ref().map(|s| &s[first * each..]);
            let parts = |r: usize| (r * each..(r + 1) * each, [n / each; 3]);
            match &mut grads[..] {
                [(_, dgain), (_, dbias), ..] if cx.wanted.learns() => {
                    // Wanted or not, the gradient at the input comes with those of the parameters.
                    let (dgain, dbias) = (dgain.as_mut_slice(), dbias.as_mut_slice());
                    let (x, from) = source(before, input, block, 0);
                    let x = &x[first * from..];
                    let mut own = rows_of::<E>(rows, n);
                    for r in 0..rows {
                        let (of, apart) = parts(r);
                        let (x, dz) = (&x[r * from..][..n], &dz[r * stride..][..n]);
                        let to = &mut own.as_mut_slice()[r * n..][..n];
                        norm.block.backward(
                            each,
                            x,
                            dz,
                            to,
                            apart,
                            gain,
                            &mean[of.clone()],
                            &deviation[of],
                            dgain,
                            dbias,
                        );
                    }
                    deliver(cx, block, 0, before, input, dx, examples, |_, to, apart| {
                        strided::copy(rows, n, own.as_slice(), to, [n, apart]);
                    });
                }
                _ => deliver(cx, block, 0, before, input, dx, examples, |(x, from), to, apart| {
                    for r in 0..rows {
                        let (of, near) = parts(r);
                        let (x, dz) = (&x[r * from..][..n], &dz[r * stride..][..n]);
                        let to = &mut to[r * apart..][..n];
                        norm.block.input_grad(each, x, dz, to, near, gain, &mean[of.clone()], &deviation[of]);
                    }
                }),
            }
        }
        BlockOp::Add => {
            for k in 0..block.inputs.len() {
                deliver(cx, block, k, before, input, dx.as_deref_mut(), examples.clone(), |_, to, apart| {
                    strided::copy(rows, n, dz, to, [stride, apart]);
                });
            }
        }
        BlockOp::Concat => {
            let (pixels, all, mut at) = (block.middle.h * block.middle.w, block.middle.c, 0);
            for k in 0..block.inputs.len() {
                let c = block.inputs[k].extent.len() / pixels;
                deliver(cx, block, k, before, input, dx.as_deref_mut(), examples.clone(), |_, to, apart| {
                    for r in 0..rows {
                        strided::copy(pixels, c, &dz[r * stride + at..], &mut to[r * apart..], [all, c]);
                    }
                });
                at += c;
            }
        }
        BlockOp::ChannelsLast | BlockOp::ChannelsFirst => {
            let last = block.op == BlockOp::ChannelsLast;
            let c = if last { block.middle.c } else { block.input().c };
            deliver(cx, block, 0, before, input, dx, examples, |_, to, apart| {
                for r in 0..rows {
                    let (dz, to) = (&dz[r * stride..][..n], &mut to[r * apart..][..n]);
                    if last {
                        channels_last::to_channels_first(dz, c, to)
                    } else {
                        channels_last::to_channels_last(dz, c, to)
                    }
                }
            });
        }
        BlockOp::Tape(t) => {
            let on = &program.tapes[t];
            let shape = Shape::new(&[1, n]);
            let dy = gathered(dz, n, stride, shape, rows);
            let run = tape.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
            let (at_inputs, at_params) = run.backward(program, on, dy);
            for ((_, sum), g) in grads.iter_mut().zip(at_params) {
                if let Some(g) = g {
                    elementwise::add_assign(sum, &g);
                }
            }
            deliver_given(cx, block, before, dx, (0, rows), &at_inputs);
        }
    }
}

/// Gives each input its rows of a gradient at all examples, from the `first` on; zeros where there is none.
pub(super) fn deliver_given<E: Elem>(
    cx: Context<'_, E>,
    block: &Block,
    before: &mut [Buffers<E>],
    mut dx: Option<&mut [E]>,
    (first, rows): (usize, usize),
    grads: &[Option<Array<E>>],
) {
    for (k, g) in grads.iter().enumerate() {
        let len = block.inputs[k].extent.len();
        deliver(cx, block, k, before, (&[], 1), dx.as_deref_mut(), 0..rows, |_, to, apart| match g {
            Some(g) => strided::copy(rows, len, &g.as_slice()[first * len..], to, [len, apart]),
            None => to.chunks_mut(apart).take(rows).for_each(|to| to[..len].fill(E::ZERO)),
        });
    }
}

fn zeros<E: Elem>(n: usize) -> Array<E> {
    Array::zeros([n])
}
