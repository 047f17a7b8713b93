//! The standard deviation over a batch as one more channel (Karras et al. 2018, arXiv:1710.10196, section 3).
//!
//! training    s = mean over channels and pixels of √(variance over the batch + eps); y = x with a plane of s behind it;
//!             running ← running + momentum · (s − running)
//! evaluation  the same with the running s, so that no example depends on those beside it

use crate::{AnyLayer, Cost, Cx, Layer, Lipschitz, Mode, ParamInit, ParamKind, ParamSpec, ShapeError, Span};
use serde::{Deserialize, Serialize};
use sparring_autograd::{Var, ops};
use sparring_math::named::{Named, Range};
use sparring_tensor::{Elem, Shape};

/// Input `[n, c]` or `[n, c, h, w]`, output with one more channel: a discriminator sees by it whether all samples of a batch are alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinibatchStddev {
    /// Added to the variance.
    #[serde(default = "default_eps")]
    pub eps: f64,
    /// Share of the batch in the running figure.
    #[serde(default = "default_momentum")]
    pub momentum: f64,
}

fn default_eps() -> f64 {
    MinibatchStddev::default().eps
}
fn default_momentum() -> f64 {
    MinibatchStddev::default().momentum
}

impl Default for MinibatchStddev {
    fn default() -> Self {
        Self { eps: 1e-8, momentum: 0.1 }
    }
}

sparring_math::named! {
    MinibatchStddev: "minibatch_stddev", [], "Karras et al. 2018, arXiv:1710.10196";
    eps: Range::above(0.0), "added to the variance";
    momentum: Range::from_to(0.0, 1.0), "share of the batch in the running figure";
}

/// The standard deviation over the batch as one more channel.
pub fn minibatch_stddev() -> AnyLayer {
    MinibatchStddev::default().into()
}

/// The shape with this extent of one axis.
fn with(shape: Shape, axis: usize, extent: usize) -> Vec<usize> {
    let mut dims = shape.dims().to_vec();
    dims[axis] = extent;
    dims
}

impl Layer for MinibatchStddev {
    fn shape(&self, inputs: &[Shape]) -> Result<Shape, ShapeError> {
        let x = inputs[0];
        if ![2, 4].contains(&x.rank()) {
            let what = format!("expected [batch, channels] or [batch, channels, height, width], got {x}");
            return Err(ShapeError::new(Self::NAME, what));
        }
        super::given(Self::NAME, &with(x, 1, x.dims()[1].saturating_add(1)))
    }
    fn parameters(&self) -> Vec<ParamSpec> {
        vec![ParamSpec::new("running_std", ParamKind::Buffer, &[1], ParamInit::Constant(1.0))]
    }
    fn cost(&self, _: &[Shape], output: Shape) -> Cost {
        // The output, and as much for each operation on the way.
        Cost::of_output(5 * output.numel())
    }
    fn span(&self) -> Span {
        Span::Batch
    }
    fn least_batch(&self, _: &[Shape]) -> usize {
        2
    }
    fn lipschitz(&self) -> Lipschitz {
        Lipschitz::Affine(Some(1.0))
    }
    fn forward<'t, E: Elem>(&self, cx: &Cx<'t, E>, p: &[Var<'t, E>], x: &[Var<'t, E>]) -> Var<'t, E> {
        let (x, shape) = (x[0], x[0].shape());
        let std = if cx.mode() == Mode::Train {
            let variance = ops::moments(x, &with(shape, 0, 1)[..]).variance;
            let std = ops::mean(ops::sqrt(ops::offset(variance, E::of(self.eps))));
            let mut running = p[0].value();
            let old = &mut running.as_mut_slice()[0];
            *old += E::of(self.momentum) * (std.item() - *old);
            cx.learn(0, running);
            std
        } else {
            p[0]
        };
        let one = Shape::new(&[1; 4][..shape.rank()]);
        let plane = ops::broadcast_to(ops::reshape(std, one), &with(shape, 1, 1)[..]);
        ops::concat(&[x, plane], 1)
    }
}
