//! Another shape for each example.

use super::AXES;
use crate::TorchArgument::{self, Is, Only};
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError};
use sparring_tensor::{Elem, Shape};

/// `[n, ..]` to `[n, shape..]`, row-major; at most three axes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reshape {
    /// The shape of one example.
    pub shape: Vec<usize>,
}

/// Another shape for each example.
pub fn reshape(shape: &[usize]) -> AnyLayer {
    Reshape { shape: shape.to_vec() }.into()
}

impl Default for Reshape {
    fn default() -> Self {
        Self { shape: vec![1] }
    }
}

sparring_math::named! {
    Reshape: "reshape", ["unflatten"], "";
    shape: AXES, "the shape of one example", required;
    {
        fn check_together(&self) -> Result<(), NamedError> {
            super::axes(Self::NAME, &self.shape)
        }
    }
}

impl Reshape {
    fn with_batch(&self, n: usize) -> Vec<usize> {
        let mut dims = vec![n];
        dims.extend(&self.shape);
        dims
    }
}

impl Layer for Reshape {
    const TORCH: &'static str = "nn.Unflatten";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] =
        &[("unflattened_size", Is("shape")), ("dim", Only(&["1"]))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let x = inputs[0];
        let one: usize = x.dims().iter().skip(1).product();
        let fits = self.shape.len() <= 3
            && x.rank() > 0
            && self.shape.iter().try_fold(1usize, |a, &d| a.checked_mul(d)) == Some(one);
        if fits {
            super::given(Self::NAME, &self.with_batch(x[0]))
        } else {
            let what = format!("an example of {one} numbers does not fit into {:?}", self.shape);
            Err(ShapeError::new(Self::NAME, what))
        }
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        ops::reshape(x[0], self.with_batch(x[0].shape()[0]).as_slice())
    }
    fn lower(&self) -> Lowering {
        Lowering::Reshape(self.shape.clone())
    }
}
