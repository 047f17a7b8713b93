//! Spatial dropout (Tompson et al. 2015, arXiv:1411.4280), with the semantics of PyTorch's `Dropout2d`: whole channels are dropped.

use super::dropout::mask;
use crate::TorchArgument::{self, Unused};
use crate::{AnyLayer, Cx, Layer, Lipschitz, Lowering, Mode, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, Range};
use sparring_tensor::{Elem, Shape};

/// In training each channel of an image `[n, c, h, w]` is 0 with probability p, else scaled by 1/(1 − p); the identity otherwise. An
/// example's mask depends on the key of the step, the layer and its id alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout2d {
    /// Probability of dropping, 0 ≤ p < 1.
    pub p: f64,
}

impl Default for Dropout2d {
    fn default() -> Self {
        Self { p: 0.5 }
    }
}

sparring_math::named! {
    Dropout2d: "dropout2d", ["spatial_dropout"], "Tompson et al. 2015, arXiv:1411.4280";
    p: Range::from_to_below(0.0, 1.0), "probability of dropping a channel";
}

/// Dropout of whole channels with probability `p`.
pub fn dropout2d(p: f64) -> AnyLayer {
    Dropout2d { p }.into()
}

impl Layer for Dropout2d {
    const TORCH: &'static str = "nn.Dropout2d";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[("inplace", Unused)];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match *inputs[0].dims() {
            [_, c, _, _] => super::image(Self::NAME, inputs[0], c).map(|_| inputs[0]),
            _ => {
                let what = format!("expected [batch, channels, height, width], got {}", inputs[0]);
                Err(ShapeError::new(Self::NAME, what))
            }
        }
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        if cx.mode() == Mode::Eval || self.p == 0.0 {
            return x[0];
        }
        let [n, c, _, _] = x[0].shape().dims4();
        let factors = mask(cx, Shape::new(&[n, c]), self.p, E::of(1.0 / (1.0 - self.p)));
        x[0] * ops::reshape(cx.tape().constant(factors), [n, c, 1, 1])
    }
    fn lower(&self) -> Lowering {
        if self.p == 0.0 { Lowering::Identity } else { Lowering::Dropout2d(self.p) }
    }
}
