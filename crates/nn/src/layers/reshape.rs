//! Another shape for each example.

use crate::{Cx, Mode, Module, ShapeError, Stage, error::given};
use sparring_autograd::{Var, ops};
use sparring_tensor::{Elem, Shape};

/// `[n, ..]` to `[n, shape..]`, row-major; at most three axes.
#[derive(Clone, Debug)]
pub struct Reshape {
    /// The shape of one example.
    pub shape: Vec<usize>,
}

impl Reshape {
    fn with_batch(&self, n: usize) -> Vec<usize> {
        let mut dims = vec![n];
        dims.extend(&self.shape);
        dims
    }
}

impl<E: Elem> Module<E> for Reshape {
    fn kind(&self) -> &'static str {
        "reshape"
    }
    fn forward<'t>(&self, _cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        ops::reshape(x, self.with_batch(x.shape()[0]).as_slice())
    }
    fn stages(&self, _: Mode) -> Option<Vec<Stage<'_, E>>> {
        Some(vec![Stage::Reshape(&self.shape)])
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let one: usize = input.dims().iter().skip(1).product();
        let fits = self.shape.len() <= 3
            && input.rank() > 0
            && self.shape.iter().try_fold(1usize, |a, &d| a.checked_mul(d)) == Some(one);
        if fits {
            given("reshape", &self.with_batch(input[0]))
        } else {
            Err(ShapeError::new(
                "reshape",
                format!("an example of {one} numbers does not fit into {:?}", self.shape),
            ))
        }
    }
}
