//! Two-dimensional convolution (cross-correlation, as everywhere).

use super::spectral_bound;
use super::{BORDER, Parametrization, STEP, WeightAndBias, is_plain, is_true, present};
use crate::TorchArgument::{self, Is, Only};
use crate::{AnyLayer, Cost, Cx, Init, Layer, Lipschitz, Lowering, ParamSpec, ShapeError, Span};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, NamedError, Range};
use sparring_tensor::{Array, ConvGeometry, Elem, Shape};

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
    /// What the weight is made of.
    #[serde(default, skip_serializing_if = "is_plain")]
    pub parametrization: Parametrization,
}

impl Default for Conv2d {
    fn default() -> Self {
        Self {
            inputs: 1,
            outputs: 1,
            kernel: [1; 2],
            stride: [1; 2],
            padding: [0; 2],
            init: Init::Torch,
            bias: true,
            parametrization: Parametrization::None,
        }
    }
}

sparring_math::named! {
    Conv2d: "conv2d", [], "LeCun et al. 1989, Neural Computation 1";
    inputs as in: Range::COUNT, "input channels", required;
    outputs as out: Range::COUNT, "output channels", required;
    kernel: Range::COUNT, "height and width of the kernel", required;
    stride: STEP, "step of the kernel";
    padding: BORDER, "zeros on each side of the input";
    bias: Range::TRUE_OR_FALSE, "whether a bias is added";
    init: Init::RANGE, "initializer";
    parametrization: Range::Words(Parametrization::WORDS), "what the weight is made of";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.init.check(Self::NAME)
        }
    }
}

/// A square convolution with PyTorch's initializer.
pub fn conv2d(inputs: usize, outputs: usize, kernel: usize, stride: usize, padding: usize) -> AnyLayer {
    let (kernel, stride, padding) = ([kernel; 2], [stride; 2], [padding; 2]);
    Conv2d { inputs, outputs, kernel, stride, padding, ..Conv2d::default() }.into()
}

impl Conv2d {
    /// Extents of the weight.
    fn extents(&self) -> [usize; 4] {
        let [kh, kw] = self.kernel;
        [self.outputs, self.inputs, kh, kw]
    }
    fn affine<'s>(&self, shape: &'s [usize]) -> WeightAndBias<'s> {
        let Self { parametrization, bias, init, .. } = *self;
        WeightAndBias { parametrization, shape, outputs: 0, bias, init }
    }
    fn geometry(&self) -> ConvGeometry {
        ConvGeometry { stride: self.stride, padding: self.padding }
    }
}

impl Layer for Conv2d {
    const TORCH: &'static str = "nn.Conv2d";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("in_channels", Is("in")),
        ("out_channels", Is("out")),
        ("kernel_size", Is("kernel")),
        ("dilation", Only(&["1", "[1, 1]"])),
        ("groups", Only(&["1"])),
        ("padding_mode", Only(&["zeros"])),
    ];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let fail = |what: String| Err(ShapeError::new(Self::NAME, what));
        let [n, h, w] = super::image(Self::NAME, inputs[0], self.inputs)?;
        match self.geometry().output([h, w], self.kernel) {
            Ok([oh, ow]) => super::given(Self::NAME, &[n, self.outputs, oh, ow]),
            Err(e) => fail(e.to_string()),
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
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        let ([_, ic, h, w], [_, oc, oh, ow]) = (inputs[0].dims4(), output.dims4());
        self.affine(&self.extents()).cost(Cost::convolution(
            [ic, h, w],
            [oc, oh, ow],
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
        let (weight, bias) = self.affine(&self.extents()).of(cx, p);
        ops::conv2d(x[0], weight, bias, self.geometry())
    }
    fn lower(&self) -> Lowering {
        self.parametrization.lower(Lowering::Conv2d(self.geometry()))
    }
}
