//! Numbers kept between two limits: PyTorch's `Hardtanh`, `ReLU6` (0 to 6) and `clamp`, ONNX's `Clip`.
//!
//! y = low + relu(x − low), then high − relu(high − ·), so that beyond a limit y is the limit to the bit

use crate::TorchArgument::{self, Is};
use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_activations::{AnyActivation, Relu};
use sparring_autograd::{Var, ops};
use sparring_math::named::{NamedError, Range, Value};
use sparring_tensor::{Elem, Shape};

/// min(max(x, low), high), number by number; the derivative is 0 at the limits and beyond.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clamp {
    /// Nothing is below.
    pub low: Option<f64>,
    /// Nothing is above.
    pub high: Option<f64>,
}

impl Default for Clamp {
    fn default() -> Self {
        Self { low: Some(-1.0), high: Some(1.0) }
    }
}

/// Numbers whose differences are finite in `f32`.
const LIMIT: Range = Range::from_to(-1e38, 1e38).in_f32();

sparring_math::named! {
    Clamp: "clamp", ["clip"], "Collobert 2004, PhD thesis, Paris VI";
    low: LIMIT, "nothing is below it; none: no limit";
    high: LIMIT, "nothing is above it; none: no limit";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            match (self.low, self.high) {
                (Some(low), Some(high)) if low >= high => {
                    Err(NamedError::value(Self::NAME, "high", self.high.text(), format!("above low, {low}")))
                }
                _ => Ok(()),
            }
        }
    }
}

/// Numbers from `low` to `high`.
pub fn clamp(low: f64, high: f64) -> AnyLayer {
    Clamp { low: Some(low), high: Some(high) }.into()
}

impl Layer for Clamp {
    const TORCH: &'static str = "torch.clamp";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] =
        &[("min", Is("low")), ("max", Is("high"))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        Ok(inputs[0])
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        Cost::of_output(output.numel().saturating_mul(6))
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::AtMost(1.0)
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let relu = |x| ops::activation(x, AnyActivation::Relu(Relu));
        // What is above `low`, and how far, then how far that is below `high`: each limit is exact.
        match (self.low.map(E::of), self.high.map(E::of)) {
            (None, None) => x[0],
            (Some(low), None) => ops::offset(relu(ops::offset(x[0], -low)), low),
            (None, Some(high)) => below(high, relu(below(high, x[0]))),
            (Some(low), Some(high)) => below(high, relu(below(high - low, relu(ops::offset(x[0], -low))))),
        }
    }
}

/// limit − x.
fn below<E: Elem>(limit: E, x: Var<'_, E>) -> Var<'_, E> {
    ops::offset(ops::scale(x, -E::ONE), limit)
}
