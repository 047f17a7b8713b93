//! Two-dimensional convolution (cross-correlation, as everywhere).

use super::{is_true, present};
use crate::{AnyLayer, Cost, Cx, Init, Kind, Layer, Lowering, ParamSpec, ShapeError, Start};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_tensor::{ConvGeometry, Elem, Shape};

/// Weight `[outputs, inputs, kh, kw]`, bias `[outputs]`; input `[n, inputs, h, w]`. Extents are `[height, width]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conv2d {
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Extent of the kernel.
    pub kernel: [usize; 2],
    /// Step of the kernel.
    pub stride: [usize; 2],
    /// Zeros around the input.
    pub padding: [usize; 2],
    /// Initializer.
    #[serde(default)]
    pub init: Init,
    /// Whether a bias is added.
    #[serde(default = "present", skip_serializing_if = "is_true")]
    pub bias: bool,
}

/// A square convolution with PyTorch's initializer.
pub fn conv2d(inputs: usize, outputs: usize, kernel: usize, stride: usize, padding: usize) -> AnyLayer {
    let (kernel, stride, padding) = ([kernel; 2], [stride; 2], [padding; 2]);
    Conv2d { inputs, outputs, kernel, stride, padding, init: Init::Torch, bias: true }.into()
}

impl Conv2d {
    fn geometry(&self) -> ConvGeometry {
        ConvGeometry { stride: self.stride, padding: self.padding }
    }
}

impl Layer for Conv2d {
    const TAG: &'static str = "conv2d";
    const TORCH: &'static str = "nn.Conv2d";
    const COMPILED: bool = true;
    fn check(&self) -> Result<(), String> {
        super::convolution(self.inputs, self.outputs, self.kernel, self.stride, self.padding)?;
        self.init.check()
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let fail = |what: String| Err(ShapeError::new(Self::TAG, what));
        let [n, h, w] = super::image(Self::TAG, inputs[0], self.inputs)?;
        match self.geometry().output([h, w], self.kernel) {
            Ok([oh, ow]) => super::given(Self::TAG, &[n, self.outputs, oh, ow]),
            Err(e) => fail(e.to_string()),
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        let [kh, kw] = self.kernel;
        let fan_in = self.inputs.saturating_mul(kh).saturating_mul(kw);
        let shape = [self.outputs, self.inputs, kh, kw];
        let weight = ParamSpec::new("weight", Kind::Weight, &shape, Start::Weight(self.init));
        let bias = ParamSpec::new("bias", Kind::Bias, &[self.outputs], Start::Bias(self.init, fan_in));
        if self.bias { vec![weight, bias] } else { vec![weight] }
    }
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        let ([_, ic, h, w], [_, oc, oh, ow]) = (inputs[0].dims4(), output.dims4());
        Cost::convolution([ic, h, w], [oc, oh, ow], self.kernel, self.stride, output.numel())
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        ops::conv2d(x[0], p[0], p.get(1).copied(), self.geometry())
    }
    fn lower(&self) -> Lowering {
        Lowering::Conv2d(self.geometry())
    }
}
