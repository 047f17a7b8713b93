//! Checks that several layers share: a specification may come from a file that somebody made up.

use crate::ShapeError;
use sparring_tensor::Shape;

/// Longest stride, padding or window: no image is wider.
const LONGEST: usize = 1 << 16;

/// No extent is zero.
pub(super) fn positive(what: &str, values: &[usize]) -> Result<(), String> {
    if values.contains(&0) { Err(format!("{what} {values:?}: must be above 0")) } else { Ok(()) }
}

/// No extent is longer than any image.
pub(super) fn short(what: &str, values: &[usize]) -> Result<(), String> {
    if values.iter().any(|&v| v > LONGEST) {
        return Err(format!("{what} {values:?}: at most {LONGEST}"));
    }
    Ok(())
}

/// A small positive number, eps of a normalisation say.
pub(super) fn finite_above_zero(what: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value > 0.0 { Ok(()) } else { Err(format!("{what} {value}: finite and above 0")) }
}

/// The numbers of a convolution or a transposed one.
pub(super) fn convolution(
    inputs: usize,
    outputs: usize,
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
) -> Result<(), String> {
    positive("channels", &[inputs, outputs])?;
    positive("kernel", &kernel)?;
    positive("stride", &stride)?;
    short("stride", &stride)?;
    short("padding", &padding)
}

/// `[n, h, w]` of an input that must be `[n, channels, h, w]`.
pub(super) fn image(kind: &str, x: Shape, channels: usize) -> Result<[usize; 3], ShapeError> {
    match *x.dims() {
        [n, c, h, w] if c == channels => Ok([n, h, w]),
        [_, c, _, _] => Err(ShapeError::new(kind, format!("expected {channels} channels, got {c}"))),
        _ => Err(ShapeError::new(kind, format!("expected [batch, {channels}, height, width], got {x}"))),
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

/// For extents that are left out of files where they are zero.
#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn is_none(extents: &[usize; 2]) -> bool {
    *extents == [0; 2]
}
