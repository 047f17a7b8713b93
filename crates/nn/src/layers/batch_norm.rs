//! Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167), with PyTorch's semantics.
//!
//! training    y = (x − mean) / √(var + eps) · weight + bias; mean and (biased) variance of each channel over batch and pixels;
//!             running ← running + momentum · (batch − running), with the unbiased variance
//! evaluation  the same with the running statistics

use super::spectral_bound;
use super::standardized::{channel_shape, scale_and_shift, scaled_and_shifted};
use crate::TorchArgument::{self, Is, Only};
use crate::{
    AnyLayer, Cost, Cx, Layer, Lipschitz, Lowering, Mode, ParamInit, ParamKind, ParamSpec, ShapeError, Span,
};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, Range};
use sparring_tensor::{Array, Elem, Shape};

/// Input `[n, c]` (PyTorch's `BatchNorm1d`) or `[n, c, h, w]` (`BatchNorm2d`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchNorm {
    /// Channels c.
    pub channels: usize,
    /// Added to the variance.
    #[serde(default = "default_eps")]
    pub eps: f64,
    /// Share of the batch in the running statistics.
    #[serde(default = "default_momentum")]
    pub momentum: f64,
}

fn default_eps() -> f64 {
    BatchNorm::default().eps
}
fn default_momentum() -> f64 {
    BatchNorm::default().momentum
}

impl Default for BatchNorm {
    fn default() -> Self {
        Self { channels: 1, eps: 1e-5, momentum: 0.1 }
    }
}

sparring_math::named! {
    BatchNorm: "batch_norm", ["batch_norm1d", "batch_norm2d"], "Ioffe and Szegedy 2015, arXiv:1502.03167";
    channels: Range::COUNT, "channels", required;
    eps: Range::above(0.0), "added to the variance";
    momentum: Range::from_to(0.0, 1.0), "share of the batch in the running statistics";
}

/// Batch normalisation with PyTorch's defaults.
pub fn batch_norm(channels: usize) -> AnyLayer {
    BatchNorm { channels, ..BatchNorm::default() }.into()
}

/// Places of the parameters.
const MEAN: usize = 2;
const VAR: usize = 3;

impl Layer for BatchNorm {
    const TORCH: &'static str = "nn.BatchNorm1d, nn.BatchNorm2d";
    const TORCH_ARGUMENTS: &'static [(&'static str, TorchArgument)] = &[
        ("num_features", Is("channels")),
        ("affine", Only(&["true"])),
        ("track_running_stats", Only(&["true"])),
    ];
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let (x, c) = (inputs[0], self.channels);
        match *x.dims() {
            [_, got] | [_, got, _, _] if got == c => Ok(x),
            [_, got] | [_, got, _, _] => {
                Err(ShapeError::new(Self::NAME, format!("expected {c} channels, got {got}")))
            }
            _ => {
                let what = format!("expected [batch, {c}] or [batch, {c}, height, width], got {x}");
                Err(ShapeError::new(Self::NAME, what))
            }
        }
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        let running = |(name, value)| {
            ParamSpec::new(name, ParamKind::Buffer, &[self.channels], ParamInit::Constant(value))
        };
        let running = [("running_mean", 0.0), ("running_var", 1.0)].map(running);
        scale_and_shift(&[self.channels]).into_iter().chain(running).collect()
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // Input and output are both kept.
        Cost { mul_adds: 4 * output.numel() as u64, ..Cost::of_output(output.numel()) }
    }
    fn span(&self) -> Span {
        Span::Batch
    }
    fn least_batch(&self, inputs: &[Shape]) -> usize {
        // A variance needs two values of a channel.
        if inputs[0].dims()[2..].iter().product::<usize>() > 1 { 1 } else { 2 }
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(None)
    }
    fn lipschitz_bound(&self, params: &[&Array<f32>], _: &[Shape]) -> Option<f64> {
        let factors = params[0].as_slice().iter().zip(params[VAR].as_slice());
        spectral_bound::diagonal(factors.map(|(w, v)| f64::from(*w) / (f64::from(*v) + self.eps).sqrt()))
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let (x, shape) = (x[0], x[0].shape());
        let wide = channel_shape(self.channels, shape.rank());
        let (mean, var) = if cx.mode() == Mode::Train {
            let count = shape.numel() / self.channels;
            assert!(count > 1, "batch_norm: one value for each channel in {shape} has no variance");
            let share = E::of(1.0 / count as f64);
            let mean = ops::scale(ops::sum_to(x, wide), share);
            let var = ops::scale(ops::sum_to(ops::square(x - mean), wide), share);
            let unbiased = E::of(count as f64 / (count - 1) as f64);
            for (place, new, factor) in [(MEAN, mean, E::ONE), (VAR, var, unbiased)] {
                let mut running = p[place].value();
                let m = E::of(self.momentum);
                let news = new.value();
                for (r, &v) in running.as_mut_slice().iter_mut().zip(news.as_slice()) {
                    *r += m * (v * factor - *r);
                }
                cx.learn(place, running);
            }
            (mean, var)
        } else {
            (ops::reshape(p[MEAN], wide), ops::reshape(p[VAR], wide))
        };
        let deviation = ops::sqrt(ops::offset(var, E::of(self.eps)));
        scaled_and_shifted((x - mean) / deviation, &p[..MEAN])
    }
    fn lower(&self) -> Lowering {
        Lowering::BatchNorm { eps: self.eps, momentum: self.momentum }
    }
}
