//! Sparsemax (Martins and Astudillo 2016, arXiv:1602.02068): the nearest probabilities, many of them 0.
//!
//! yᵢ = max(0, xᵢ − τ), τ such that they add up to 1: with S the support, τ = (Σ xᵢ over S − 1) / |S|

use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_activations::RowActivation;
use sparring_activations::rows::Sparsemax;
use sparring_autograd::{Var, ops};
use sparring_math::named::Named;
use sparring_tensor::{Array, Elem, Shape};

/// `[n, k]` to `[n, k]`; an infinite number makes its row NaN.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SparseProbabilities {}

/// Probabilities of which many are 0.
pub fn sparsemax() -> AnyLayer {
    SparseProbabilities {}.into()
}

sparring_math::named! { SparseProbabilities: Sparsemax::NAME, [], Sparsemax::PAPER; }

impl Layer for SparseProbabilities {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match inputs[0].dims() {
            [_, _] => Ok(inputs[0]),
            _ => Err(ShapeError::new(Self::NAME, format!("expected [batch, classes], got {}", inputs[0]))),
        }
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        Cost::of_output(6 * output.numel())
    }
    fn lipschitz(&self) -> Lipschitz {
        // A projection onto a convex set.
        Lipschitz::AtMost(1.0)
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let (x, value) = (x[0], x[0].value());
        let (rows, width) = (value.shape()[0], value.shape()[1]);
        let mut support = Array::stale(value.shape());
        Sparsemax.forward_rows(width, value.as_slice(), support.as_mut_slice());
        let mut inverse = Array::stale([rows, 1]);
        for (row, inverse) in support.as_mut_slice().chunks_mut(width).zip(inverse.as_mut_slice()) {
            // NaN stays, and makes the row NaN.
            row.iter_mut().filter(|p| **p > E::ZERO).for_each(|p| *p = E::ONE);
            *inverse = E::ONE / row.iter().copied().fold(E::ZERO, |n, p| n + p);
        }
        let (support, inverse) = (cx.tape().constant(support), cx.tape().constant(inverse));
        let over = ops::offset(ops::sum_to(x * support, [rows, 1]), -E::ONE) * inverse;
        (x - ops::broadcast_to(over, x.shape())) * support
    }
}
