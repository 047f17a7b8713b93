//! Transposed convolution: the input gradient of a convolution, used forwards.

use super::spectral_bound;
use super::{BORDER, Parametrization, STEP, WeightAndBias, is_none, is_plain, is_true, present};
use crate::TorchArgument::{self, Is, Only};
use crate::{AnyLayer, Cost, Cx, Init, Layer, Lipschitz, Lowering, ParamSpec, ShapeError, Span};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError, Range, Value};
use sparring_tensor::{Array, ConvGeometry, Elem, Shape};

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
    /// What the weight is made of.
    #[serde(default, skip_serializing_if = "is_plain")]
    pub parametrization: Parametrization,
}

impl Default for ConvTranspose2d {
    fn default() -> Self {
        Self {
            inputs: 1,
            outputs: 1,
            kernel: [1; 2],
            stride: [1; 2],
            padding: [0; 2],
            output_padding: [0; 2],
            init: Init::Torch,
            bias: true,
            parametrization: Parametrization::None,
        }
    }
}

sparring_math::named! {
    ConvTranspose2d: "conv_transpose2d", [], "Zeiler et al. 2010, CVPR";
    inputs as in: Range::COUNT, "input channels", required;
    outputs as out: Range::COUNT, "output channels", required;
    kernel: Range::COUNT, "height and width of the kernel", required;
    stride: STEP, "step of the kernel in the output";
    padding: BORDER, "cropped from each side of the output";
    output_padding: BORDER, "added below and right of the output";
    bias: Range::TRUE_OR_FALSE, "whether a bias is added";
    init: Init::RANGE, "initializer";
    parametrization: Range::Words(Parametrization::WORDS), "what the weight is made of";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            if (0..2).any(|i| self.output_padding[i] >= self.stride[i]) {
                let (got, stride) = (self.output_padding.text(), self.stride.text());
                let must = format!("below the stride, {stride}");
                return Err(NamedError::value(Self::NAME, "output_padding", got, must));
            }
            self.init.check(Self::NAME)
        }
    }
}

/// A square transposed convolution with PyTorch's initializer.
pub fn conv_transpose2d(
    inputs: usize,
    outputs: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
) -> AnyLayer {
    let (kernel, stride, padding) = ([kernel; 2], [stride; 2], [padding; 2]);
    ConvTranspose2d { inputs, outputs, kernel, stride, padding, ..ConvTranspose2d::default() }.into()
}

impl ConvTranspose2d {
    /// Extents of the weight.
    fn extents(&self) -> [usize; 4] {
        let [kh, kw] = self.kernel;
        [self.inputs, self.outputs, kh, kw]
    }
    fn affine<'s>(&self, shape: &'s [usize]) -> WeightAndBias<'s> {
        let Self { parametrization, bias, init, .. } = *self;
        WeightAndBias { parametrization, shape, outputs: 1, bias, init }
    }
    fn geometry(&self) -> ConvGeometry {
        ConvGeometry { stride: self.stride, padding: self.padding }
    }
    fn extent(&self, axis: usize, input: usize) -> Option<usize> {
        let full = input.checked_sub(1)?.checked_mul(self.stride[axis])?.checked_add(self.kernel[axis])?;
        let padded = full.checked_add(self.output_padding[axis])?;
        padded.checked_sub(self.padding[axis].checked_mul(2)?).filter(|&n| n > 0)
    }
}

impl Layer for ConvTranspose2d {
    const TORCH: &'static str = "nn.ConvTranspose2d";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("in_channels", Is("in")),
        ("out_channels", Is("out")),
        ("kernel_size", Is("kernel")),
        ("dilation", Only(&["1", "[1, 1]"])),
        ("groups", Only(&["1"])),
        ("padding_mode", Only(&["zeros"])),
    ];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let [n, h, w] = super::image(Self::NAME, inputs[0], self.inputs)?;
        match (self.extent(0, h), self.extent(1, w)) {
            (Some(oh), Some(ow)) => super::given(Self::NAME, &[n, self.outputs, oh, ow]),
            _ => Err(ShapeError::new(Self::NAME, format!("an input of {h} by {w} leaves no output"))),
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        let mut all = self.affine(&self.extents()).parameters();
        // Tensors of the weight's layout count the inputs first.
        all.iter_mut().filter(|p| p.shape.len() == 4).for_each(|p| p.output_axis = 1);
        all
    }
    fn set_dependent<E: Elem>(&self, values: &mut [Array<E>]) {
        self.affine(&self.extents()).set_dependent(values);
    }
    fn with_init(&self, init: Init) -> Option<Self> {
        Some(Self { init, ..self.clone() })
    }
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        let ([_, ic, h, w], [_, oc, oh, ow]) = (inputs[0].dims4(), output.dims4());
        // The convolution whose input gradient this is takes the output as its image.
        self.affine(&self.extents()).cost(Cost::convolution(
            [oc, oh, ow],
            [ic, h, w],
            self.kernel,
            self.stride,
            output.numel(),
        ))
    }
    fn span(&self) -> Span {
        self.parametrization.span()
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(None)
    }
    fn lipschitz_bound(&self, params: &[&Array<f32>], _: &[Shape]) -> Option<f64> {
        let weight = self.affine(&self.extents()).weight(params);
        spectral_bound::convolution(weight.as_slice(), self.extents(), self.stride)
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let out = self.shape(&[x[0].shape()]).unwrap_or_else(|e| panic!("{e}"));
        let (weight, bias) = self.affine(&self.extents()).of(cx, p);
        let y = ops::conv2d_input_grad(x[0], weight, out, self.geometry());
        bias.map_or(y, |b| y + ops::reshape(b, [1, out[1], 1, 1]))
    }
    fn lower(&self) -> Lowering {
        self.parametrization.lower(Lowering::ConvTranspose2d(self.geometry()))
    }
}
