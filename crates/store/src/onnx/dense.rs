//! Products with a constant matrix.

use super::builder::{Builder, vector};
use super::call::{Call, Value};
use super::constant::Constant;
use crate::StoreError;
use sparring_nn::layers::Linear;
use sparring_tensor::Array;

/// y = x W, or x Wᵀ, times `alpha`, plus a bias.
fn linear(
    call: &Call<'_>,
    b: &mut Builder,
    (weight, alpha, is_transposed): (&Constant, f64, bool),
    bias: Option<Array<f32>>,
) -> Result<Value, StoreError> {
    let x = call.live(0)?;
    let [rows, columns] = weight.dims[..] else {
        return Err(call.wrong(format!("a weight of {:?}; a matrix is read", weight.dims)));
    };
    let (inputs, outputs) = if is_transposed { (columns, rows) } else { (rows, columns) };
    if x.dims != [inputs] {
        return Err(call.wrong(format!("examples of {:?} times a matrix that takes [{inputs}]", x.dims)));
    }
    let x = b.shaped(call.name(), x)?;
    let (values, alpha) = (weight.floats(), alpha as f32);
    let at = |i: usize| if is_transposed { i } else { i % inputs * outputs + i / inputs };
    let weight = Array::from_fn([outputs, inputs], |i| values[at(i)] * alpha);
    let layer = Linear { inputs, outputs, bias: bias.is_some(), ..Linear::default() };
    let weights = std::iter::once(weight).chain(bias).collect();
    b.push((call.name(), call.input_name(1)), layer.into(), &[x.source], weights).map(Value::from)
}

/// alpha · A · B + beta · C.
pub(super) fn gemm(call: &Call<'_>, b: &mut Builder) -> Result<Value, StoreError> {
    if call.int("transA", 0) != 0 {
        return Err(call.wrong("transA makes an axis of the examples the batch"));
    }
    let weight = call.constant(1)?;
    if weight.numbers.len() == 0 {
        return Err(call.wrong("a weight without a number"));
    }
    let is_transposed = call.int("transB", 0) != 0;
    let outputs = weight.dims.get(usize::from(!is_transposed)).copied().unwrap_or(0);
    let beta = call.float("beta", 1.0) as f32;
    let bias = match call.optional(2)? {
        None => None,
        Some(c) => {
            let mut bias = vector(c, outputs)
                .ok_or_else(|| call.wrong(format!("a bias of {:?} for {outputs} outputs", c.dims)))?;
            bias.as_mut_slice().iter_mut().for_each(|v| *v *= beta);
            Some(bias)
        }
    };
    linear(call, b, (weight, call.float("alpha", 1.0), is_transposed), bias)
}

/// A · B with a constant B; a bias that follows joins it.
pub(super) fn matmul(call: &Call<'_>, b: &mut Builder) -> Result<Value, StoreError> {
    if let (Some(Value::Live(_)), Some(Value::Live(_))) = (call.input(0), call.input(1)) {
        return Err(call.wrong("a product of two values that depend on the input (attention, perhaps)"));
    }
    linear(call, b, (call.constant(1)?, 1.0, false), None)
}
