//! The product of several inputs: a gate.

use crate::{AnyLayer, Cost, Cx, Layer, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_math::named::Named;
use sparring_tensor::{Elem, Shape};

/// x₀ · x₁ · .. of equal shapes, number by number, in this order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Multiply {}

/// The product of several inputs.
pub fn multiply() -> AnyLayer {
    Multiply {}.into()
}

sparring_math::named! {
    Multiply: "multiply", ["mul"], "Hochreiter and Schmidhuber 1997, Neural Computation 9(8)";
}

impl Layer for Multiply {
    const TORCH: &'static str = "*";
    fn arity(&self) -> (usize, usize) {
        (2, usize::MAX)
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match inputs.iter().find(|s| **s != inputs[0]) {
            None => Ok(inputs[0]),
            Some(other) => {
                let what = format!("inputs of {} and {other}: they must agree", inputs[0]);
                Err(ShapeError::new(Self::NAME, what))
            }
        }
    }
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        Cost::of_output(output.numel().saturating_mul(inputs.len() - 1))
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        x[1..].iter().fold(x[0], |product, &x| product * x)
    }
}
