//! One image, channels-last.

use crate::Elem;
use crate::kernels::Door;

/// Writes planes `[c][h][w]` as rows of pixels `[height][width][c]` with `top` rows and `left` columns of zeros before them; what does
/// not fit is left out, what is not covered is zero.
pub(super) fn channels_last<E: Elem>(
    door: &Door<E>,
    planes: &[E],
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
    if [top, left] == [0, 0] && [rows, cols] == [h, w] && width == w {
        // The whole plane is one run of pixels.
        let (image, rest) = out.split_at_mut(h * w * c);
        rest.fill(E::ZERO);
        return door.transpose(planes, h * w, c, h * w, image, c);
    }
    out.fill(E::ZERO);
    for y in 0..rows {
        let (from, to) = (&planes[y * w..], &mut out[((y + top) * width + left) * c..]);
        if c == 1 {
            to[..cols].copy_from_slice(&from[..cols]);
        } else {
            door.transpose(from, h * w, c, cols, to, c);
        }
    }
}
