//! Checks that several layers share: a specification may come from a file that somebody made up.

use super::Parametrization;
use crate::ShapeError;
use sparring_math::named::{NamedError, Range, Value};
use sparring_tensor::Shape;

/// Longest stride, padding or window: no image is wider.
const LONGEST: u64 = 1 << 16;
/// Extents of a pooling window, and steps.
pub(super) const STEP: Range = Range::Whole { low: 1, high: LONGEST };
/// Widths of a border.
pub(super) const BORDER: Range = Range::Whole { low: 0, high: LONGEST };
/// The axes of an example, `8-3-3`.
pub(super) const AXES: Range = Range::Told("one to three whole numbers above 0 with dashes between");

/// Axes of an example.
pub(super) fn axes(layer: &'static str, shape: &Vec<usize>) -> Result<(), NamedError> {
    let fits = (1..=3).contains(&shape.len()) && !shape.contains(&0);
    if fits { Ok(()) } else { Err(NamedError::value(layer, "shape", shape.text(), AXES)) }
}

/// `[n, h, w]` of an input that must be `[n, channels, h, w]`.
pub(super) fn image(kind: &str, x: Shape, channels: usize) -> Result<[usize; 3], ShapeError> {
    match *x.dims() {
        [n, c, h, w] if c == channels => Ok([n, h, w]),
        [_, c, _, _] => Err(ShapeError::new(kind, format!("expected {channels} channels, got {c}"))),
        _ => Err(ShapeError::new(kind, format!("expected [batch, {channels}, height, width], got {x}"))),
    }
}

/// The shape of an input that must end in these axes, the batch before them.
pub(super) fn last_axes(kind: &str, x: Shape, axes: &[usize]) -> Result<Shape, ShapeError> {
    if x.rank() > axes.len() && x.dims().ends_with(axes) {
        return Ok(x);
    }
    Err(ShapeError::new(kind, format!("expected [batch, .., {axes:?}], got {x}")))
}

/// The shape of `[n, c · times, ..]` with c channels.
pub(super) fn fewer_channels(kind: &str, x: Shape, times: usize) -> Result<Shape, ShapeError> {
    match *x.dims() {
        [n, c, ref rest @ ..] if c > 0 && c.is_multiple_of(times) => {
            let mut dims = vec![n, c / times];
            dims.extend(rest);
            Ok(Shape::new(&dims))
        }
        _ => Err(ShapeError::new(kind, format!("expected [batch, a multiple of {times}, ..], got {x}"))),
    }
}

/// For fields of files that are left out where they are `true`.
pub(super) fn present() -> bool {
    true
}
#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
pub(super) fn is_true(value: &bool) -> bool {
    *value
}
#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}
#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
pub(super) fn is_plain(parametrization: &Parametrization) -> bool {
    *parametrization == Parametrization::None
}
/// For extents that are left out of files where they are zero.
pub(super) fn is_none(extents: &[usize; 2]) -> bool {
    *extents == [0; 2]
}
