//! Pooling.

use crate::{Cost, Cx, Mode, Module, ShapeError, Stage, error::given};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_tensor::{Elem, PoolGeometry, Shape};

/// What a window gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// Its largest value.
    Max,
    /// Its mean, padding counted as zeros.
    Average,
}

/// Max or average pooling of `[n, c, h, w]`.
#[derive(Clone, Debug)]
pub struct Pool2d {
    /// What a window gives.
    pub pool: Pool,
    /// Window, stride and padding.
    pub geometry: PoolGeometry,
}

impl<E: Elem> Module<E> for Pool2d {
    fn kind(&self) -> &'static str {
        match self.pool {
            Pool::Max => "max_pool2d",
            Pool::Average => "avg_pool2d",
        }
    }
    fn forward<'t>(&self, _cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        match self.pool {
            Pool::Max => ops::max_pool2d(x, self.geometry),
            Pool::Average => ops::avg_pool2d(x, self.geometry),
        }
    }
    fn cost(&self, input: Shape) -> Result<Cost, ShapeError> {
        let out = Module::<E>::output_shape(self, input)?;
        let cost = Cost::pooling(out.numel(), self.geometry.kernel);
        cost.check(Module::<E>::kind(self)).map(|()| cost)
    }
    fn stages(&self, _: Mode) -> Option<Vec<Stage<'_, E>>> {
        (self.pool == Pool::Max).then(|| vec![Stage::MaxPool2d(self.geometry)])
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let fail = |what: String| Err(ShapeError::new(Module::<E>::kind(self), what));
        match *input.dims() {
            [n, c, h, w] => match self.geometry.output([h, w]) {
                Ok([oh, ow]) => given(Module::<E>::kind(self), &[n, c, oh, ow]),
                Err(e) => fail(e.to_string()),
            },
            _ => fail(format!("expected [batch, channels, height, width], got {input}")),
        }
    }
}
