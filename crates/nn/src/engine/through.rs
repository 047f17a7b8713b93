//! One block, forwards and backwards.

use super::compile::{Block, Chain, Op};
use super::values::Values;
use super::weight::{Backward, Form};
use sparring_tensor::{Elem, Mat, MatMut};

/// The block's product, activation and pooling.
pub(super) fn product<E: Elem>(
    chain: &Chain<E>,
    block: &Block,
    x: &[E],
    stride: usize,
    rows: usize,
    to: &mut Values<E>,
) {
    let (k, out) = (block.input.len(), block.middle.stride());
    match block.op {
        Op::Copy => {
            for (z, x) in to.z.as_mut_slice().chunks_mut(out).zip(x.chunks(stride)).take(rows) {
                z[..k].copy_from_slice(&x[..k]);
            }
        }
        Op::Dense(w) => {
            let (w, n) = (&chain.weights[w], block.middle.len());
            let z = MatMut::with_stride(to.z.as_mut_slice(), rows, n, out);
            w.product(Mat::with_strides(x, rows, k, stride, 1), z);
        }
        Op::Conv(w) => {
            let w = &chain.weights[w];
            let Form::Conv(conv) = w.form else { unreachable!("compiled as a convolution") };
            for r in 0..rows {
                let (x, z) = (&x[r * stride..][..k], to.image(block, r));
                w.convolution(&conv, x, z);
                to.finish_image(block, r);
            }
        }
    }
    finish(block, rows, to);
}

/// What follows the product in a block.
pub(super) fn finish<E: Elem>(block: &Block, rows: usize, to: &mut Values<E>) {
    to.activate(block, rows);
    to.pool_rows(block, rows);
}

/// The gradient at the block's input from that at its product.
pub(super) fn pull<E: Elem>(
    chain: &Chain<E>,
    block: &Block,
    dz: &[E],
    rows: usize,
    to: &mut [E],
    to_stride: usize,
) {
    let (k, n, stride) = (block.input.len(), block.middle.len(), block.middle.stride());
    match block.op {
        Op::Copy => {
            for (to, dz) in to.chunks_mut(to_stride).zip(dz.chunks(stride)).take(rows) {
                to[..k].copy_from_slice(&dz[..k]);
            }
        }
        Op::Dense(w) | Op::Conv(w) => match (chain.weights[w].backward(), chain.weights[w].form) {
            (Backward::Dense(turned, tiles), _) => {
                let dz = Mat::with_strides(dz, rows, n, stride, 1);
                let to = MatMut::with_stride(to, rows, k, to_stride);
                match tiles {
                    Some(tiles) => tiles.left_multiplied(dz, None, to),
                    None => turned.left_multiplied(dz, None, to),
                }
            }
            (Backward::Conv(turned), Form::Conv(conv)) => {
                for r in 0..rows {
                    conv.input_grad(turned, &dz[r * stride..][..n], &mut to[r * to_stride..][..k]);
                }
            }
            (Backward::Conv(_), Form::Dense(_)) => unreachable!("turned as its form says"),
        },
    }
}
