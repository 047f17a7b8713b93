//! Everything but the batch into one axis.

use crate::TorchArgument::{self, Only};
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::Named;
use sparring_tensor::{Elem, Shape};

/// `[n, ..]` to `[n, product of the rest]`, row-major.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flatten {}

/// Everything but the batch into one axis.
pub fn flatten() -> AnyLayer {
    Flatten {}.into()
}

sparring_math::named! {
    Flatten: "flatten", [], "";
}

impl Layer for Flatten {
    const TORCH: &'static str = "nn.Flatten";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] =
        &[("start_dim", Only(&["1"])), ("end_dim", Only(&["-1"]))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match inputs[0].dims() {
            [] => Err(ShapeError::new(Self::NAME, "a scalar has no batch axis")),
            [n, rest @ ..] => Ok(Shape::new(&[*n, rest.iter().product()])),
        }
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let s = x[0].shape();
        if s.rank() == 2 { x[0] } else { ops::reshape(x[0], [s[0], s.dims()[1..].iter().product()]) }
    }
    fn lower(&self) -> Lowering {
        Lowering::Flatten
    }
}
