//! Affine map: y = x Wᵀ + b.

use super::spectral_bound;
use super::{Parametrization, WeightAndBias, is_plain, is_true, present};
use crate::TorchArgument::{self, Is};
use crate::{AnyLayer, Cost, Cx, Init, Layer, Lipschitz, Lowering, ParamSpec, ShapeError, Span};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError, Range};
use sparring_tensor::{Array, Elem, Shape};

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
    /// What the weight is made of.
    #[serde(default, skip_serializing_if = "is_plain")]
    pub parametrization: Parametrization,
}

impl Default for Linear {
    fn default() -> Self {
        Self { inputs: 1, outputs: 1, init: Init::Torch, bias: true, parametrization: Parametrization::None }
    }
}

sparring_math::named! {
    Linear: "linear", [], "";
    inputs as in: Range::COUNT, "numbers of an input", required;
    outputs as out: Range::COUNT, "numbers of an output", required;
    bias: Range::TRUE_OR_FALSE, "whether a bias is added";
    init: Init::RANGE, "initializer";
    parametrization: Range::Words(Parametrization::WORDS), "what the weight is made of";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.init.check(Self::NAME)
        }
    }
}

/// An affine map with PyTorch's initializer.
pub fn linear(inputs: usize, outputs: usize) -> AnyLayer {
    Linear { inputs, outputs, ..Linear::default() }.into()
}

impl Linear {
    /// Extents of the weight.
    fn extents(&self) -> [usize; 2] {
        [self.outputs, self.inputs]
    }
    fn affine<'s>(&self, shape: &'s [usize]) -> WeightAndBias<'s> {
        let Self { parametrization, bias, init, .. } = *self;
        WeightAndBias { parametrization, shape, outputs: 0, bias, init }
    }
}

impl Layer for Linear {
    const TORCH: &'static str = "nn.Linear";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] =
        &[("in_features", Is("in")), ("out_features", Is("out"))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let (k, x) = (self.inputs, inputs[0]);
        match *x.dims() {
            [n, got] if got == k => super::given(Self::NAME, &[n, self.outputs]),
            [_, got] => Err(ShapeError::new(Self::NAME, format!("expected {k} inputs, got {got}"))),
            _ => Err(ShapeError::new(Self::NAME, format!("expected [batch, {k}], got {x}; flatten first"))),
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        self.affine(&self.extents()).parameters()
    }
    fn set_dependent<E: Elem>(&self, values: &mut [Array<E>]) {
        self.affine(&self.extents()).set_dependent(values);
    }
    fn with_init(&self, init: Init) -> Option<Self> {
        Some(Self { init, ..self.clone() })
    }
    fn cost(&self, _: &[Shape], _: Shape) -> Cost {
        self.affine(&self.extents()).cost(Cost::linear(self.inputs, self.outputs))
    }
    fn span(&self) -> Span {
        self.parametrization.span()
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(None)
    }
    fn lipschitz_bound(&self, params: &[&Array<f32>], _: &[Shape]) -> Option<f64> {
        let weight = self.affine(&self.extents()).weight(params);
        spectral_bound::matrix(weight.as_slice(), self.outputs)
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let (weight, bias) = self.affine(&self.extents()).of(cx, p);
        ops::linear(x[0], weight, bias)
    }
    fn lower(&self) -> Lowering {
        self.parametrization.lower(Lowering::Matmul)
    }
}
