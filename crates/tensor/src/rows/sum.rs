//! Copies and sums of rows.

use crate::Elem;
use crate::span::spans;

/// y = x, row by row: concatenation along the channels, and its adjoint.
///
/// Images `[pixels][c1]` become the channels from `first` of images `[pixels][c]` with `n = pixels`, `len = c1`, `&mut y[first..]` and
/// `apart = [c1, c]`; the same call with the two exchanged takes them out again.
///
/// # Panics
/// If a slice is too short or rows of `y` overlap.
///
/// ```
/// use sparring_tensor::rows;
/// let mut y = [0.0; 6];
/// rows::copy(2, 1, &[1.0, 2.0], &mut y, [1, 3]);
/// rows::copy(2, 2, &[3.0, 4.0, 5.0, 6.0], &mut y[1..], [2, 3]);
/// assert_eq!(y, [1.0, 3.0, 4.0, 2.0, 5.0, 6.0]);
/// ```
#[track_caller]
pub fn copy<E: Elem>(n: usize, len: usize, x: &[E], y: &mut [E], apart: [usize; 2]) {
    spans("rows::copy", [n, len], (y, apart[1]), [(x, apart[0])], |_, [x]| x);
}

/// y += x, row by row.
///
/// # Panics
/// If a slice is too short or rows of `y` overlap.
#[track_caller]
pub fn accumulate<E: Elem>(n: usize, len: usize, x: &[E], y: &mut [E], apart: [usize; 2]) {
    spans("rows::accumulate", [n, len], (y, apart[1]), [(x, apart[0])], |y, [x]| y + x);
}

/// y = a + b, row by row.
///
/// # Panics
/// If a slice is too short or rows of `y` overlap.
#[track_caller]
pub fn add<E: Elem>(n: usize, len: usize, a: &[E], b: &[E], y: &mut [E], apart: [usize; 3]) {
    spans("rows::add", [n, len], (y, apart[2]), [(a, apart[0]), (b, apart[1])], |_, [a, b]| a + b);
}

/// y = max(a + b, 0), row by row: the end of a residual block. A NaN stays a NaN.
///
/// # Panics
/// If a slice is too short or rows of `y` overlap.
#[track_caller]
pub fn add_relu<E: Elem>(n: usize, len: usize, a: &[E], b: &[E], y: &mut [E], apart: [usize; 3]) {
    let inputs = [(a, apart[0]), (b, apart[1])];
    spans("rows::add_relu", [n, len], (y, apart[2]), inputs, |_, [a, b]| relu(a + b));
}

/// The gradient at the input of a ReLU whose output was y: dx = dy where y > 0, NaN where y is NaN, else 0.
///
/// # Panics
/// If a slice is too short or rows of `dx` overlap.
#[track_caller]
pub fn relu_grad<E: Elem>(n: usize, len: usize, dy: &[E], y: &[E], dx: &mut [E], apart: [usize; 3]) {
    let inputs = [(dy, apart[0]), (y, apart[1])];
    spans("rows::relu_grad", [n, len], (dx, apart[2]), inputs, |_, [dy, y]| {
        let positive = if y > E::ZERO { dy } else { E::ZERO };
        if y.is_nan() { y } else { positive }
    });
}

/// A comparison, not a maximum: it lets NaN through.
#[inline(always)]
fn relu<E: Elem>(v: E) -> E {
    if v < E::ZERO { E::ZERO } else { v }
}
