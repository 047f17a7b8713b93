//! Alpha dropout (Klambauer et al. 2017, arXiv:1706.02515), with PyTorch's semantics: for networks of SELU.
//!
//! y = a (x m + α' (1 − m)) + b in training, where m is 0 with probability p and else 1, α' is the limit of SELU at −∞, and a and b keep mean 0 and variance 1:
//! a = 1 / √((1 − p) (1 + p α'²)), b = −a p α'; the identity otherwise

use super::dropout::mask;
use crate::TorchArgument::{self, Unused};
use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, Mode, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::Range;
use sparring_tensor::{Elem, Shape};

/// An example's mask depends on the key of the step, the layer and its id alone, as that of [`Dropout`](super::Dropout).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlphaDropout {
    /// Probability of dropping, 0 ≤ p < 1.
    pub p: f64,
}

impl Default for AlphaDropout {
    fn default() -> Self {
        Self { p: 0.5 }
    }
}

sparring_math::named! {
    AlphaDropout: "alpha_dropout", [], "Klambauer et al. 2017, arXiv:1706.02515";
    p: Range::from_to_below(0.0, 1.0), "probability of dropping";
}

/// Alpha dropout with probability `p`.
pub fn alpha_dropout(p: f64) -> AnyLayer {
    AlphaDropout { p }.into()
}

/// −scale · alpha of SELU.
const LIMIT: f64 = -1.758_099_340_847_376_6;

impl Layer for AlphaDropout {
    const TORCH: &'static str = "nn.AlphaDropout";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[("inplace", Unused)];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // The output, and as much for each operation on the way.
        Cost::of_output(6 * output.numel())
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        if cx.mode() == Mode::Eval || self.p == 0.0 {
            return x[0];
        }
        let p = self.p;
        let a = 1.0 / ((1.0 - p) * (1.0 + p * LIMIT * LIMIT)).sqrt();
        let m = cx.tape().constant(mask(cx, x[0].shape(), p, E::ONE));
        let dropped = ops::offset(ops::scale(m, E::of(-a * LIMIT)), E::of(a * LIMIT * (1.0 - p)));
        ops::scale(x[0] * m, E::of(a)) + dropped
    }
}
