//! Transposed convolution: the input gradient of a convolution, used forwards.

use crate::{Cost, Cx, Init, Kind, Module, Param, ShapeError, error::given};
use sparring_autograd::{Var, ops};
use sparring_seed::Key;
use sparring_tensor::{ConvGeometry, Elem, Shape};

/// Weight `[in, out, kh, kw]` (PyTorch's layout), bias `[out]`; input `[n, in, h, w]`, output extent
/// (h − 1) · stride − 2 · padding + kh.
#[derive(Clone, Debug)]
pub struct ConvTranspose2d<E: Elem = f32> {
    weight: Param<E>,
    bias: Param<E>,
    geometry: ConvGeometry,
}

impl<E: Elem> ConvTranspose2d<E> {
    /// A layer from `inputs` to `outputs` channels with a `[height, width]` kernel.
    pub fn new(
        inputs: usize,
        outputs: usize,
        kernel: [usize; 2],
        geometry: ConvGeometry,
        init: Init,
        key: Key,
    ) -> Self {
        // PyTorch takes the fan-in from axis 1, so from the outputs here; kept for equal initial laws.
        let fan_in = outputs * kernel[0] * kernel[1];
        let weight = init.weight(&[inputs, outputs, kernel[0], kernel[1]], key.named("weight"));
        let bias = init.bias(outputs, fan_in, key.named("bias"));
        Self { weight: Param::new(Kind::Weight, weight), bias: Param::new(Kind::Bias, bias), geometry }
    }
    fn extent(&self, axis: usize, input: usize) -> Option<usize> {
        let kernel = self.weight.shape()[2 + axis];
        let full = input.checked_sub(1)?.checked_mul(self.geometry.stride[axis])?.checked_add(kernel)?;
        full.checked_sub(self.geometry.padding[axis].checked_mul(2)?).filter(|&n| n > 0)
    }
}

impl<E: Elem> Module<E> for ConvTranspose2d<E> {
    fn kind(&self) -> &'static str {
        "conv_transpose2d"
    }
    fn forward<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        let out = self.output_shape(x.shape()).unwrap_or_else(|e| panic!("{e}"));
        let y = ops::conv2d_input_grad(x, cx.param(&self.weight), out, self.geometry);
        y + ops::reshape(cx.param(&self.bias), [1, out[1], 1, 1])
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let w = self.weight.shape();
        let fail = |what: String| Err(ShapeError::new("conv_transpose2d", what));
        match *input.dims() {
            [n, c, h, wide] if c == w[0] => match (self.extent(0, h), self.extent(1, wide)) {
                (Some(oh), Some(ow)) => given("conv_transpose2d", &[n, w[1], oh, ow]),
                _ => fail(format!("an input of {h} by {wide} leaves no output")),
            },
            [_, c, _, _] => fail(format!("expected {} channels, got {c}", w[0])),
            _ => fail(format!("expected [batch, {}, height, width], got {input}", w[0])),
        }
    }
    fn cost(&self, input: Shape) -> Result<Cost, ShapeError> {
        let out = self.output_shape(input)?;
        let ([_, ic, h, w], [_, oc, oh, ow]) = (input.dims4(), out.dims4());
        let [_, _, kh, kw] = self.weight.shape().dims4();
        // The convolution whose input's gradient this is takes the output as its image.
        let cost = Cost::convolution([oc, oh, ow], [ic, h, w], [kh, kw], self.geometry.stride, out.numel());
        cost.check(self.kind()).map(|()| cost)
    }
    fn visit(&self, prefix: &str, f: &mut dyn FnMut(&str, &Param<E>)) {
        f(&format!("{prefix}weight"), &self.weight);
        f(&format!("{prefix}bias"), &self.bias);
    }
    fn visit_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Param<E>)) {
        f(&format!("{prefix}weight"), &mut self.weight);
        f(&format!("{prefix}bias"), &mut self.bias);
    }
}
