//! A scale and a shift for each channel.

use super::BatchNormBlock;
use super::per_channel::per_channel;
use crate::Elem;

impl BatchNormBlock {
    /// y = x · scale\[c\] + shift\[c\].
    ///
    /// # Panics
    /// If a slice is too short, examples of `y` overlap, or `scale` or `shift` has another number of channels.
    #[track_caller]
    pub fn affine<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        y: &mut [E],
        apart: [usize; 2],
        scale: &[E],
        shift: &[E],
    ) {
        let (x, y) = ([(x, apart[0])], (y, apart[1]));
        per_channel("batch norm affine", *self, n, y, x, [scale, shift], |_, [x], [scale, shift]| {
            x * scale + shift
        });
    }
    /// y = max(x · scale\[c\] + shift\[c\], 0); a NaN stays a NaN.
    ///
    /// # Panics
    /// As [`affine`](Self::affine).
    #[track_caller]
    pub fn relu_affine<E: Elem>(
        &self,
        n: usize,
        x: &[E],
        y: &mut [E],
        apart: [usize; 2],
        scale: &[E],
        shift: &[E],
    ) {
        let (x, y) = ([(x, apart[0])], (y, apart[1]));
        per_channel("batch norm relu_affine", *self, n, y, x, [scale, shift], |_, [x], [scale, shift]| {
            relu(x * scale + shift)
        });
    }
    /// [`affine`](Self::affine) of x in its place.
    ///
    /// # Panics
    /// As [`affine`](Self::affine).
    #[track_caller]
    pub fn affine_in_place<E: Elem>(&self, n: usize, x: &mut [E], apart: usize, scale: &[E], shift: &[E]) {
        let what = "batch norm affine_in_place";
        per_channel(what, *self, n, (x, apart), [], [scale, shift], |x, [], [scale, shift]| {
            x * scale + shift
        });
    }
    /// [`relu_affine`](Self::relu_affine) of x in its place.
    ///
    /// # Panics
    /// As [`affine`](Self::affine).
    #[track_caller]
    pub fn relu_affine_in_place<E: Elem>(
        &self,
        n: usize,
        x: &mut [E],
        apart: usize,
        scale: &[E],
        shift: &[E],
    ) {
        let what = "batch norm relu_affine_in_place";
        per_channel(what, *self, n, (x, apart), [], [scale, shift], |x, [], [scale, shift]| {
            relu(x * scale + shift)
        });
    }
}

/// A comparison, not a maximum: it lets NaN through.
#[inline(always)]
fn relu<E: Elem>(v: E) -> E {
    if v < E::ZERO { E::ZERO } else { v }
}
