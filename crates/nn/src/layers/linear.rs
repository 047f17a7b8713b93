//! Affine map: y = x Wᵀ + b.

use crate::{Cost, Cx, Init, Kind, Mode, Module, Param, ShapeError, Stage, error::given};
use sparring_autograd::{Var, ops};
use sparring_seed::Key;
use sparring_tensor::{Elem, Shape};

/// W `[out, in]`, b `[out]`; input `[n, in]`, output `[n, out]`.
#[derive(Clone, Debug)]
pub struct Linear<E: Elem = f32> {
    weight: Param<E>,
    bias: Option<Param<E>>,
}

impl<E: Elem> Linear<E> {
    /// A layer with both parameters drawn by `init`.
    pub fn new(inputs: usize, outputs: usize, init: Init, key: Key) -> Self {
        let weight = Param::new(Kind::Weight, init.weight(&[outputs, inputs], key.named("weight")));
        let bias = Param::new(Kind::Bias, init.bias(outputs, inputs, key.named("bias")));
        Self { weight, bias: Some(bias) }
    }
    /// A layer without bias.
    pub fn without_bias(inputs: usize, outputs: usize, init: Init, key: Key) -> Self {
        Self { bias: None, ..Self::new(inputs, outputs, init, key) }
    }
}

impl<E: Elem> Module<E> for Linear<E> {
    fn kind(&self) -> &'static str {
        "linear"
    }
    fn forward<'t>(&self, cx: &Cx<'t, E>, x: Var<'t, E>) -> Var<'t, E> {
        ops::linear(x, cx.param(&self.weight), self.bias.as_ref().map(|b| cx.param(b)))
    }
    fn output_shape(&self, input: Shape) -> Result<Shape, ShapeError> {
        let w = self.weight.shape();
        match *input.dims() {
            [n, k] if k == w[1] => given("linear", &[n, w[0]]),
            [_, k] => Err(ShapeError::new("linear", format!("expected {} inputs, got {k}", w[1]))),
            _ => Err(ShapeError::new(
                "linear",
                format!("expected [batch, {}], got {input}; flatten first", w[1]),
            )),
        }
    }
    fn cost(&self, input: Shape) -> Result<Cost, ShapeError> {
        self.output_shape(input)?;
        let w = self.weight.shape();
        let cost = Cost::linear(w[1], w[0]);
        cost.check(self.kind()).map(|()| cost)
    }
    fn stages(&self, _: Mode) -> Option<Vec<Stage<'_, E>>> {
        Some(vec![Stage::Linear { weight: &self.weight, bias: self.bias.as_ref() }])
    }
    fn visit(&self, prefix: &str, f: &mut dyn FnMut(&str, &Param<E>)) {
        f(&format!("{prefix}weight"), &self.weight);
        if let Some(b) = &self.bias {
            f(&format!("{prefix}bias"), b);
        }
    }
    fn visit_mut(&mut self, prefix: &str, f: &mut dyn FnMut(&str, &mut Param<E>)) {
        f(&format!("{prefix}weight"), &mut self.weight);
        if let Some(b) = &mut self.bias {
            f(&format!("{prefix}bias"), b);
        }
    }
}
