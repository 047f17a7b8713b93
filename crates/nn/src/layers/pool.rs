//! Pooling over windows.

use super::{BORDER, STEP};
use crate::TorchArgument::{self, Is, Only};
use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, Lowering, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{NamedError, Range, Value};
use sparring_tensor::{Array, Elem, PoolGeometry, Shape};
use std::borrow::Cow;

/// What a window gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// Its largest value.
    #[default]
    Max,
    /// Its mean, padding counted as zeros.
    Average,
}

sparring_math::value_of_words!(Pool { Max = "max", Average = "average" });

/// Max or average pooling of `[n, c, h, w]`. Extents are `[height, width]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool2d {
    /// What a window gives.
    pub pool: Pool,
    /// Extent of the window.
    pub kernel: [usize; 2],
    /// Step of the window.
    pub stride: [usize; 2],
    /// Padding, at most half the window.
    pub padding: [usize; 2],
}

impl Default for Pool2d {
    fn default() -> Self {
        Self { pool: Pool::Max, kernel: [1; 2], stride: [1; 2], padding: [0; 2] }
    }
}

sparring_math::named! {
    Pool2d: "pool2d", [], "";
    pool: Range::Words(Pool::WORDS), "what a window gives";
    kernel: STEP, "height and width of the window", required;
    stride: STEP, "step of the window", follows "kernel";
    padding: BORDER, "border on each side, at most half the window";
    {
        fn follow(&mut self, given: &dyn Fn(&str) -> bool) {
            if !given("stride") {
                self.stride = self.kernel;
            }
        }
        fn check_together(&self) -> Result<(), NamedError> {
            if (0..2).all(|i| self.padding[i] <= self.kernel[i] / 2) {
                return Ok(());
            }
            let must = format!("at most half the window, {}", self.kernel.text());
            Err(NamedError::value(Self::NAME, "padding", self.padding.text(), must))
        }
    }
}

/// The largest of square windows.
pub fn max_pool2d(kernel: usize, stride: usize) -> AnyLayer {
    Pool2d { kernel: [kernel; 2], stride: [stride; 2], ..Pool2d::default() }.into()
}

/// The mean of square windows.
pub fn avg_pool2d(kernel: usize, stride: usize) -> AnyLayer {
    Pool2d { pool: Pool::Average, kernel: [kernel; 2], stride: [stride; 2], ..Pool2d::default() }.into()
}

impl Pool2d {
    fn geometry(&self) -> PoolGeometry {
        PoolGeometry { kernel: self.kernel, stride: self.stride, padding: self.padding }
    }
}

impl Pool2d {
    /// Most windows that cover a number.
    fn windows(&self) -> usize {
        self.kernel[0].div_ceil(self.stride[0]) * self.kernel[1].div_ceil(self.stride[1])
    }
}

impl Layer for Pool2d {
    const TORCH: &'static str = "nn.MaxPool2d, nn.AvgPool2d";
    const SHORT: &'static [(&'static str, (&'static str, &'static str))] =
        &[("max_pool2d", ("pool", "max")), ("avg_pool2d", ("pool", "average"))];
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("kernel_size", Is("kernel")),
        ("dilation", Only(&["1", "[1, 1]"])),
        ("ceil_mode", Only(&["false"])),
        ("return_indices", Only(&["false"])),
        ("count_include_pad", Only(&["true"])),
    ];
    fn kind(&self) -> Cow<'static, str> {
        match self.pool {
            Pool::Max => "max_pool2d".into(),
            Pool::Average => "avg_pool2d".into(),
        }
    }
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let fail = |what: String| Err(ShapeError::new(&self.kind(), what));
        match *inputs[0].dims() {
            [n, c, h, w] => match self.geometry().output([h, w]) {
                Ok([oh, ow]) => super::given(&self.kind(), &[n, c, oh, ow]),
                Err(e) => fail(e.to_string()),
            },
            _ => fail(format!("expected [batch, channels, height, width], got {}", inputs[0])),
        }
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        Cost::pooling(output.numel(), self.kernel)
    }
    fn lipschitz(&self) -> Lipschitz {
        match self.pool {
            // A number is the largest of at most as many windows as cover it.
            Pool::Max => Lipschitz::AtMost((self.windows() as f64).sqrt()),
            Pool::Average => Lipschitz::Affine(None),
        }
    }
    fn lipschitz_bound(&self, _: &[&Array<f32>], _: &[Shape]) -> Option<f64> {
        match self.lipschitz() {
            Lipschitz::AtMost(c) => Some(c),
            // Rows of 1/area add up to 1 at most, columns to the windows that cover a number.
            _ => Some((self.windows() as f64 / (self.kernel[0] * self.kernel[1]) as f64).sqrt()),
        }
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        match self.pool {
            Pool::Max => ops::max_pool2d(x[0], self.geometry()),
            Pool::Average => ops::avg_pool2d(x[0], self.geometry()),
        }
    }
    fn lower(&self) -> Lowering {
        match self.pool {
            Pool::Max => Lowering::MaxPool2d(self.geometry()),
            Pool::Average => Lowering::AveragePool2d(self.geometry()),
        }
    }
}
