//! The bias gradient.

use crate::pool::Buffer;
use crate::{Array, Elem, par};

/// Partial sums of the pixels of a channel; a constant, so that the result does not depend on the instruction set.
const LANES: usize = 16;

/// The sum over all axes but the channel: Σ over n and pixels of dy\[n, c, ..\]. The pixels of a channel are summed in 16 interleaved partial sums, images
/// in order of n.
///
/// # Shapes
/// `dy` \[n, c\] or \[n, c, h, w\]; result \[c\].
///
/// # Panics
/// If the rank is below 2.
#[track_caller]
pub fn channel_sum<E: Elem>(dy: &Array<E>) -> Array<E> {
    let shape = dy.shape();
    assert!(shape.rank() >= 2, "channel_sum: {shape} has no channels");
    let (c, pixels) = (shape[1], shape[2..].iter().product::<usize>());
    let mut out = Array::zeros([c]);
    if dy.is_empty() {
        return out;
    }
    let sums = out.as_mut_slice();
    if pixels == 1 {
        for row in dy.as_slice().chunks(c) {
            sums.iter_mut().zip(row).for_each(|(s, &v)| *s += v);
        }
        return out;
    }
    let mut partial = Buffer::<E>::stale(dy.len() / pixels);
    let data = dy.as_slice();
    par::for_each_chunk(partial.as_mut_slice(), c, dy.len() / 4, |n, row| {
        for (i, v) in row.iter_mut().enumerate() {
            *v = pixel_sum(&data[(n * c + i) * pixels..(n * c + i + 1) * pixels]);
        }
    });
    for row in partial.as_slice().chunks(c) {
        sums.iter_mut().zip(row).for_each(|(s, &v)| *s += v);
    }
    out
}

fn pixel_sum<E: Elem>(pixels: &[E]) -> E {
    let mut acc = [E::ZERO; LANES];
    let (whole, rest) = pixels.as_chunks::<LANES>();
    for v in whole {
        for i in 0..LANES {
            acc[i] += v[i];
        }
    }
    for (a, &v) in acc.iter_mut().zip(rest) {
        *a += v;
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            acc[i] += acc[i + half];
        }
        half /= 2;
    }
    acc[0]
}
