//! Everything but the batch into one axis.

use crate::{Cx, Mode, Module, ShapeError, Stage};
use sparring_autograd::{Var, ops};
use sparring_tensor::{Elem, Shape};

/// `[n, ..]` to `[n, product of the rest]`, row-major.
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

impl<E: Elem> Module<E> for Flatten {
    fn kind(&self) -> &'static str {
        "flatten"
    }
    fn forward<'t>(&self, _cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        let s = x.shape();
        if s.rank() == 2 { x } else { ops::reshape(x, [s[0], s.dims()[1..].iter().product()]) }
    }
    fn stages(&self, _: Mode) -> Option<Vec<Stage<'_, E>>> {
        Some(vec![Stage::Flatten])
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        match input.dims() {
            [] => Err(ShapeError::new("flatten", "a scalar has no batch axis")),
            [n, rest @ ..] => Ok(Shape::new(&[*n, rest.iter().product()])),
        }
    }
}
