//! The mean of each channel.

use crate::TorchArgument::{self, Only};
use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, Lowering, ShapeError};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::Named;
use sparring_tensor::{Array, Elem, PoolGeometry, Shape};

/// `[n, c, h, w]` to `[n, c, 1, 1]`: PyTorch's `AdaptiveAvgPool2d(1)`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlobalAvgPool2d {}

/// The mean of each channel.
pub fn global_avg_pool2d() -> AnyLayer {
    GlobalAvgPool2d {}.into()
}

/// The one window of an image.
fn window(h: usize, w: usize) -> PoolGeometry {
    PoolGeometry { kernel: [h, w], stride: [h, w], padding: [0; 2] }
}

sparring_math::named! {
    GlobalAvgPool2d: "global_avg_pool2d", ["adaptive_avg_pool2d"], "Lin et al. 2014, arXiv:1312.4400";
}

impl Layer for GlobalAvgPool2d {
    const TORCH: &'static str = "nn.AdaptiveAvgPool2d(1)";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] =
        &[("output_size", Only(&["1", "[1, 1]"]))];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        match *inputs[0].dims() {
            [n, c, h, w] if h * w > 0 => super::given(Self::NAME, &[n, c, 1, 1]),
            _ => {
                let what = format!("expected [batch, channels, height, width], got {}", inputs[0]);
                Err(ShapeError::new(Self::NAME, what))
            }
        }
    }
    fn cost(&self, inputs: &[Shape], output: Shape) -> Cost {
        let [_, _, h, w] = inputs[0].dims4();
        Cost::pooling(output.numel(), [h, w])
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(None)
    }
    fn lipschitz_bound(&self, _: &[&Array<f32>], inputs: &[Shape]) -> Option<f64> {
        let [_, _, h, w] = inputs[0].dims4();
        Some(1.0 / ((h * w) as f64).sqrt())
    }
    fn forward<'t, E: Elem>(&self, _: &Cx<'t, E>, _: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let [_, _, h, w] = x[0].shape().dims4();
        ops::avg_pool2d(x[0], window(h, w))
    }
    fn lower(&self) -> Lowering {
        Lowering::GlobalAveragePool2d
    }
}
