//! Affine map: y = x Wᵀ + b.

use super::{is_true, present};
use crate::{AnyLayer, Cost, Cx, Init, Kind, Layer, Lowering, ParamSpec, ShapeError, Start};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_tensor::{Elem, Shape};

/// W `[outputs, inputs]`, b `[outputs]`; input `[n, inputs]`, output `[n, outputs]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linear {
    /// Inputs.
    pub inputs: usize,
    /// Outputs.
    pub outputs: usize,
    /// Initializer.
    #[serde(default)]
    pub init: Init,
    /// Whether b is added.
    #[serde(default = "present", skip_serializing_if = "is_true")]
    pub bias: bool,
}

/// An affine map with PyTorch's initializer.
pub fn linear(inputs: usize, outputs: usize) -> AnyLayer {
    Linear { inputs, outputs, init: Init::Torch, bias: true }.into()
}

impl Layer for Linear {
    const TAG: &'static str = "linear";
    const TORCH: &'static str = "nn.Linear";
    const COMPILED: bool = true;
    fn check(&self) -> Result<(), String> {
        super::positive("extents", &[self.inputs, self.outputs])?;
        self.init.check()
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let (k, x) = (self.inputs, inputs[0]);
        match *x.dims() {
            [n, got] if got == k => super::given(Self::TAG, &[n, self.outputs]),
            [_, got] => Err(ShapeError::new(Self::TAG, format!("expected {k} inputs, got {got}"))),
            _ => {
                Err(ShapeError::new(Self::TAG, format!("expected [batch, {k}], got {x}; flatten first")))
            }
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        let weight =
            ParamSpec::new("weight", Kind::Weight, &[self.outputs, self.inputs], Start::Weight(self.init));
        let bias = ParamSpec::new("bias", Kind::Bias, &[self.outputs], Start::Bias(self.init, self.inputs));
        if self.bias { vec![weight, bias] } else { vec![weight] }
    }
    fn cost(&self, _: &[Shape], _: Shape) -> Cost {
        Cost::linear(self.inputs, self.outputs)
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        ops::linear(x[0], p[0], p.get(1).copied())
    }
    fn lower(&self) -> Lowering {
        Lowering::Matmul
    }
}
