//! What normalisations share: statistics of neighbouring numbers, a scale and a shift.

use crate::{ParamInit, ParamKind, ParamSpec, ShapeError};
use sparring_autograd::{Var, ops};
use sparring_tensor::{Elem, Shape};

/// `weight`, 1 at first, and `bias`, 0 at first, of this shape.
pub(super) fn scale_and_shift(shape: &[usize]) -> Vec<ParamSpec> {
    let new = |name, value| ParamSpec::new(name, ParamKind::Norm, shape, ParamInit::Constant(value));
    vec![new("weight", 1.0), new("bias", 0.0)]
}

/// (x − mean) / √(var + eps) with the mean and biased variance of each `numbers` numbers in a row.
pub(super) fn standardized<E: Elem>(x: Var<'_, E>, numbers: usize, eps: f64) -> Var<'_, E> {
    let (shape, rows) = (x.shape(), x.shape().numel() / numbers.max(1));
    let y = ops::moments(ops::reshape(x, [rows, numbers]), [rows, 1]).normalized(E::of(eps));
    ops::reshape(y, shape)
}

/// The shape in which a number for each of `channels` is broadcast over `[n, channels, ..]` of this rank.
pub(super) fn channel_shape(channels: usize, rank: usize) -> Shape {
    let mut dims = [1; 4];
    dims[1] = channels;
    Shape::new(&dims[..rank])
}

/// x · weight + bias, a number for each channel; x itself without parameters.
pub(super) fn scaled_and_shifted<'t, E: Elem>(x: Var<'t, E>, p: &[Var<'t, E>]) -> Var<'t, E> {
    let of_channel = |v: Var<'t, E>| ops::reshape(v, channel_shape(v.shape().numel(), x.shape().rank()));
    match p {
        [] => x,
        [weight, bias, ..] => x * of_channel(*weight) + of_channel(*bias),
        [_] => unreachable!("a scale has a shift"),
    }
}

/// The shape of x, if it is `[n, channels, ..]`.
pub(super) fn with_channels(kind: &str, x: Shape, channels: usize) -> Result<Shape, ShapeError> {
    match *x.dims() {
        [_, got, ..] if got == channels => Ok(x),
        [_, got, ..] => Err(ShapeError::new(kind, format!("expected {channels} channels, got {got}"))),
        _ => Err(ShapeError::new(kind, format!("expected [batch, {channels}, ..], got {x}"))),
    }
}
