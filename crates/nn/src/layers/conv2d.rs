//! Two-dimensional convolution.

use crate::{Cost, Cx, Init, Kind, Mode, Module, Param, ShapeError, Stage, error::given};
use sparring_autograd::{Var, ops};
use sparring_seed::Key;
use sparring_tensor::{ConvGeometry, Elem, Shape};

/// Weight `[out, in, kh, kw]`, bias `[out]`; input `[n, in, h, w]`.
#[derive(Clone, Debug)]
pub struct Conv2d<E: Elem = f32> {
    weight: Param<E>,
    bias: Param<E>,
    geometry: ConvGeometry,
}

impl<E: Elem> Conv2d<E> {
    /// A layer from `inputs` to `outputs` channels with a `[height, width]` kernel.
    pub fn new(
        inputs: usize,
        outputs: usize,
        kernel: [usize; 2],
        geometry: ConvGeometry,
        init: Init,
        key: Key,
    ) -> Self {
        let fan_in = inputs * kernel[0] * kernel[1];
        let weight = init.weight(&[outputs, inputs, kernel[0], kernel[1]], key.named("weight"));
        let bias = init.bias(outputs, fan_in, key.named("bias"));
        Self { weight: Param::new(Kind::Weight, weight), bias: Param::new(Kind::Bias, bias), geometry }
    }
}

impl<E: Elem> Module<E> for Conv2d<E> {
    fn kind(&self) -> &'static str {
        "conv2d"
    }
    fn forward<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        ops::conv2d(x, cx.param(&self.weight), Some(cx.param(&self.bias)), self.geometry)
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let w = self.weight.shape();
        let fail = |what: String| Err(ShapeError::new("conv2d", what));
        match *input.dims() {
            [n, c, h, wide] if c == w[1] => match self.geometry.output([h, wide], [w[2], w[3]]) {
                Ok([oh, ow]) => given("conv2d", &[n, w[0], oh, ow]),
                Err(e) => fail(e.to_string()),
            },
            [_, c, _, _] => fail(format!("expected {} channels, got {c}", w[1])),
            _ => fail(format!("expected [batch, {}, height, width], got {input}", w[1])),
        }
    }
    fn cost(&self, input: Shape) -> Result<Cost, ShapeError> {
        let out = self.output_shape(input)?;
        let ([_, ic, h, w], [_, oc, oh, ow]) = (input.dims4(), out.dims4());
        let [_, _, kh, kw] = self.weight.shape().dims4();
        let cost = Cost::convolution([ic, h, w], [oc, oh, ow], [kh, kw], self.geometry.stride, out.numel());
        cost.check(self.kind()).map(|()| cost)
    }
    fn stages(&self, _: Mode) -> Option<Vec<Stage<'_, E>>> {
        Some(vec![Stage::Conv2d { weight: &self.weight, bias: &self.bias, geometry: self.geometry }])
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
