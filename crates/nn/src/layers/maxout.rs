//! Maxout (Goodfellow et al. 2013, arXiv:1302.4389): the largest of some neighbouring channels.
//!
//! y[j] = max of x[j · pieces], .., x[j · pieces + pieces − 1]; the gradient goes to the first that is largest

use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_activations::RowActivation;
use sparring_activations::rows::MaxoutRows;
use sparring_autograd::{Var, ops};
use sparring_math::named::Named;
use sparring_tensor::{Elem, PoolGeometry, Shape};

/// `[n, pieces · c, ..]` to `[n, c, ..]`, in PyTorch `x.unflatten(1, (-1, pieces)).amax(2)`: behind a linear layer or a convolution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maxout {
    /// Channels of which one remains.
    pub pieces: usize,
}

impl Default for Maxout {
    fn default() -> Self {
        Self { pieces: 2 }
    }
}

sparring_math::named! {
    Maxout: "maxout", [], "Goodfellow et al. 2013, arXiv:1302.4389";
    pieces: super::STEP, "neighbouring channels of which the largest remains";
}

/// The largest of each `pieces` channels.
pub fn maxout(pieces: usize) -> AnyLayer {
    Maxout { pieces }.into()
}

impl Layer for Maxout {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        super::fewer_channels(Self::NAME, inputs[0], self.pieces)
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        Cost::pooling(output.numel(), [self.pieces, 1])
    }
    fn lipschitz(&self) -> Lipschitz {
        let rows = MaxoutRows { pieces: self.pieces };
        RowActivation::<f64>::about_rows(&rows).lipschitz.map_or(Lipschitz::Unknown, Lipschitz::AtMost)
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let out = self.shape(&[x[0].shape()]).unwrap_or_else(|e| panic!("{e}"));
        let pixels = out.dims()[2..].iter().product::<usize>();
        let groups = ops::reshape(x[0], [out[0], out[1], self.pieces, pixels]);
        let window = PoolGeometry { kernel: [self.pieces, 1], stride: [self.pieces, 1], padding: [0; 2] };
        ops::reshape(ops::max_pool2d(groups, window), out)
    }
}
