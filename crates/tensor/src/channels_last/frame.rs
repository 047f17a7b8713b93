//! An image with the border of zeros that its kernel sees.

use crate::Elem;
use crate::extent::allocatable;
use crate::kernels::{KernelTable, Scratch};

/// Writes an image `[h][w][c]` as `[height][width][c]` with `top` rows and `left` columns of zeros before it; what does not fit is left out,
/// what is not covered is zero.
pub(super) fn pad<E: Elem>(
    x: &[E],
    c: usize,
    [h, w]: [usize; 2],
    [top, left]: [usize; 2],
    [height, width]: [usize; 2],
    out: &mut [E],
) {
    let out = &mut out[..height * width * c];
    let (rows, cols) = (h.min(height.saturating_sub(top)), w.min(width.saturating_sub(left)));
    if rows == 0 || cols == 0 || c == 0 {
        return out.fill(E::ZERO);
    }
    // The zeros between the end of a row and the begin of the next are one run.
    let mut done = 0;
    for y in 0..rows {
        let at = ((y + top) * width + left) * c;
        out[done..at].fill(E::ZERO);
        done = at + cols * c;
        out[at..done].copy_from_slice(&x[y * w * c..][..cols * c]);
    }
    out[done..].fill(E::ZERO);
}

/// The same from a channels-first image `[c][h][w]`.
pub(crate) fn from_channels_first<E: Elem>(
    table: &KernelTable<E>,
    x: &[E],
    c: usize,
    [h, w]: [usize; 2],
    [top, left]: [usize; 2],
    [height, width]: [usize; 2],
    out: &mut [E],
) {
    let out = &mut out[..height * width * c];
    let (rows, cols) = (h.min(height.saturating_sub(top)), w.min(width.saturating_sub(left)));
    if rows == 0 || cols == 0 || c == 0 {
        return out.fill(E::ZERO);
    }
    if c == 1 {
        return pad(x, c, [h, w], [top, left], [height, width], out);
    }
    if [top, left] == [0, 0] && [rows, cols] == [h, w] && width == w {
        // The pixels of a channel are one run.
        let (image, rest) = out.split_at_mut(h * w * c);
        rest.fill(E::ZERO);
        return table.transpose(x, h * w, c, h * w, image, c);
    }
    out.fill(E::ZERO);
    for y in 0..rows {
        table.transpose(&x[y * w..], h * w, c, cols, &mut out[((y + top) * width + left) * c..], c);
    }
}

/// An image where a kernel can read it: in place if it needs no border.
pub(super) struct Framed<E: Elem> {
    store: Option<Scratch<E>>,
    extent: [usize; 2],
}

impl<E: Elem> Framed<E> {
    /// Scratch for frames of this extent; `border`: whether there are zeros around the image.
    pub fn new(c: usize, extent: [usize; 2], border: bool) -> Self {
        Self {
            store: border.then(|| Scratch::stale(allocatable("conv: frame", &[extent[0], extent[1], c]))),
            extent,
        }
    }
    /// The image in its frame, and the numbers from one row to the next.
    pub fn take<'a>(
        &'a mut self,
        x: &'a [E],
        c: usize,
        size: [usize; 2],
        before: [usize; 2],
    ) -> (&'a [E], usize) {
        match &mut self.store {
            None => (x, size[1] * c),
            Some(store) => {
                let out = store.as_mut_slice();
                pad(x, c, size, before, self.extent, out);
                (out, self.extent[1] * c)
            }
        }
    }
}
