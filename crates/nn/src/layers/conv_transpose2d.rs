//! Transposed convolution: the input gradient of a convolution, used forwards.

use super::{is_none, is_true, present};
use crate::{AnyLayer, Cost, Cx, Init, Kind, Layer, Lowering, ParamSpec, ShapeError, Start};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_tensor::{ConvGeometry, Elem, Shape};

/// Weight `[inputs, outputs, kh, kw]` (PyTorch's layout), bias `[outputs]`; input `[n, inputs, h, w]`, output extent
/// (h − 1) · stride − 2 · padding + kh + output_padding. Extents are `[height, width]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvTranspose2d {
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    /// Extent of the kernel.
    pub kernel: [usize; 2],
    /// Step in the output.
    pub stride: [usize; 2],
    /// Cropped from the output.
    pub padding: [usize; 2],
    /// Rows and columns added below and right of the output, fewer than the stride: a convolution with that stride gives one extent for several.
    #[serde(default, skip_serializing_if = "is_none")]
    pub output_padding: [usize; 2],
    /// Initializer.
    #[serde(default)]
    pub init: Init,
    /// Whether a bias is added.
    #[serde(default = "present", skip_serializing_if = "is_true")]
    pub bias: bool,
}

/// A square transposed convolution with PyTorch's initializer.
pub fn conv_transpose2d(inputs: usize, outputs: usize, kernel: usize, stride: usize, padding: usize) -> AnyLayer {
    let (kernel, stride, padding) = ([kernel; 2], [stride; 2], [padding; 2]);
    ConvTranspose2d { inputs, outputs, kernel, stride, padding, output_padding: [0; 2], init: Init::Torch, bias: true }
        .into()
}

impl ConvTranspose2d {
    fn geometry(&self) -> ConvGeometry {
        ConvGeometry { stride: self.stride, padding: self.padding }
    }
    fn extent(&self, axis: usize, input: usize) -> Option<usize> {
        let full =
            input.checked_sub(1)?.checked_mul(self.stride[axis])?.checked_add(self.kernel[axis])?;
        let padded = full.checked_add(self.output_padding[axis])?;
        padded.checked_sub(self.padding[axis].checked_mul(2)?).filter(|&n| n > 0)
    }
}

impl Layer for ConvTranspose2d {
    const TAG: &'static str = "conv_transpose2d";
    const TORCH: &'static str = "nn.ConvTranspose2d";
    const COMPILED: bool = true;
    fn check(&self) -> Result<(), String> {
        super::convolution(self.inputs, self.outputs, self.kernel, self.stride, self.padding)?;
        if (0..2).any(|i| self.output_padding[i] >= self.stride[i]) {
            return Err(format!("output_padding {:?}: must be below the stride {:?}", self.output_padding, self.stride));
        }
        self.init.check()
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let [n, h, w] = super::image(Self::TAG, inputs[0], self.inputs)?;
        match (self.extent(0, h), self.extent(1, w)) {
            (Some(oh), Some(ow)) => super::given(Self::TAG, &[n, self.outputs, oh, ow]),
            _ => Err(ShapeError::new(Self::TAG, format!("an input of {h} by {w} leaves no output"))),
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        let [kh, kw] = self.kernel;
        // PyTorch takes the fan-in from axis 1, so from the outputs here; kept for equal distributions.
        let fan_in = self.outputs.saturating_mul(kh).saturating_mul(kw);
        let shape = [self.inputs, self.outputs, kh, kw];
        let weight = ParamSpec::new("weight", Kind::Weight, &shape, Start::Weight(self.init));
        let bias = ParamSpec::new("bias", Kind::Bias, &[self.outputs], Start::Bias(self.init, fan_in));
        if self.bias { vec![weight, bias] } else { vec![weight] }
    }
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        let ([_, ic, h, w], [_, oc, oh, ow]) = (inputs[0].dims4(), output.dims4());
        // The convolution whose input gradient this is takes the output as its image.
        Cost::convolution([oc, oh, ow], [ic, h, w], self.kernel, self.stride, output.numel())
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let out = self.shape(&[x[0].shape()]).unwrap_or_else(|e| panic!("{e}"));
        let y = ops::conv2d_input_grad(x[0], p[0], out, self.geometry());
        p.get(1).map_or(y, |&b| y + ops::reshape(b, [1, out[1], 1, 1]))
    }
    fn lower(&self) -> Lowering {
        Lowering::ConvTranspose2d(self.geometry())
    }
}
