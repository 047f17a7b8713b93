//! Another shape for each example.

use crate::{AnyLayer, Cx, Layer, Lowering, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
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

impl Reshape {
    fn with_batch(&self, n: usize) -> Vec<usize> {
        let mut dims = vec![n];
        dims.extend(&self.shape);
        dims
    }
}

impl Layer for Reshape {
    const TAG: &'static str = "reshape";
    const TORCH: &'static str = "nn.Unflatten";
    const COMPILED: bool = true;
    fn check(&self) -> Result<(), String> {
        if self.shape.is_empty() || self.shape.len() > 3 {
            return Err(format!("reshape {:?}: one to three axes", self.shape));
        }
        super::positive("reshape", &self.shape)
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let x = inputs[0];
        let one: usize = x.dims().iter().skip(1).product();
        let fits = self.shape.len() <= 3
            && x.rank() > 0
            && self.shape.iter().try_fold(1usize, |a, &d| a.checked_mul(d)) == Some(one);
        if fits {
            super::given(Self::TAG, &self.with_batch(x[0]))
        } else {
            let what = format!("an example of {one} numbers does not fit into {:?}", self.shape);
            Err(ShapeError::new(Self::TAG, what))
        }
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        ops::reshape(x[0], self.with_batch(x[0].shape()[0]).as_slice())
    }
    fn lower(&self) -> Lowering {
        Lowering::Reshape(self.shape.clone())
    }
}
