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
use std::sync::Arc;

/// `[n, k]` to `[n, k]`; NaN or +∞ makes its row NaN, −∞ beside finite numbers gives 0.
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
        RowActivation::<f64>::about_rows(&Sparsemax).lipschitz.map_or(Lipschitz::Unknown, Lipschitz::AtMost)
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let (x, value) = (x[0], x[0].value());
        let (rows, width) = (value.shape()[0], value.shape()[1]);
        let mut support = Array::stale(value.shape());
        Sparsemax.forward_rows(width, value.as_slice(), support.as_mut_slice());
        let (mut largest, mut inverse) = (Array::stale([rows, 1]), Array::stale([rows, 1]));
        let per_row = largest.as_mut_slice().iter_mut().zip(inverse.as_mut_slice());
        let rows_of = support.as_mut_slice().chunks_mut(width).zip(value.as_slice().chunks(width));
        for ((p, x), (largest, inverse)) in rows_of.zip(per_row) {
            // NaN stays, and makes the row NaN.
            p.iter_mut().filter(|p| **p > E::ZERO).for_each(|p| *p = E::ONE);
            *inverse = E::ONE / p.iter().copied().fold(E::ZERO, |n, p| n + p);
            *largest = x.iter().copied().fold(-E::INFINITY, E::larger);
        }
        // Differences to the largest number keep their digits where the numbers are large.
        let [largest, inverse] = [largest, inverse].map(|of| cx.tape().constant(of));
        let (support, below) = (Arc::new(support), x - ops::broadcast_to(largest, x.shape()));
        let inside = ops::masked(below, Arc::clone(&support));
        let threshold = ops::offset(ops::sum_to(inside, [rows, 1]), -E::ONE) * inverse;
        ops::masked(below - ops::broadcast_to(threshold, x.shape()), support)
    }
}
