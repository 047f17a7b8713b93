//! The sum of several inputs: a residual connection.

use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::Var;
use sparring_math::named::Named;
use sparring_tensor::{Elem, Shape};

/// x₀ + x₁ + .. of equal shapes, added in this order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {}

/// The sum of several inputs.
pub fn add() -> AnyLayer {
    Add {}.into()
}

sparring_math::named! {
    Add: "add", [], "He et al. 2016, arXiv:1512.03385";
}

impl Layer for Add {
    const TORCH: &'static str = "+";
    fn arity(&self) -> (usize, usize) {
        (2, usize::MAX)
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match inputs.iter().find(|s| **s != inputs[0]) {
            None => Ok(inputs[0]),
            Some(other) => Err(ShapeError::new(
                Self::NAME,
                format!("inputs of {} and {other}: they must agree", inputs[0]),
            )),
        }
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        x[1..].iter().fold(x[0], |sum, &x| sum + x)
    }
    fn lower(&self) -> Lowering {
        Lowering::Add
    }
}
