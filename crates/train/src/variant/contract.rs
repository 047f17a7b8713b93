//! What a variant of an autoencoder is.

use crate::Plan;
use sparring_autograd::Var;
use sparring_datasets::MiniBatch;
use sparring_math::named::Named;
use sparring_nn::{Cx, Network};
use sparring_tensor::Array;

/// What an autoencoder is trained on beside the squared error of its reconstructions: other examples, or a penalty on its code.
pub trait Variant: Named {
    /// What it is, in one line.
    const ABOUT: &'static str;

    /// What a step does, of a network whose first `encoder` layers end in the code.
    fn plan(&self, encoder: usize) -> Plan;
}

/// The codes `[n, code]` of a batch, from a leaf or a constant `x` made of it.
pub(super) fn codes<'t>(
    net: &Network<f32>,
    cx: &Cx<'t, f32>,
    batch: &MiniBatch,
    encoder: usize,
) -> Var<'t, f32> {
    let [c, h, w] = batch.shape;
    let x = cx.tape().constant(Array::from_slice([batch.len(), c, h, w], &batch.x));
    rows(net.forward_to(cx, x, encoder))
}

/// An output as rows, one an example.
pub(super) fn rows<E: sparring_tensor::Elem>(y: Var<'_, E>) -> Var<'_, E> {
    let (n, all) = (y.shape()[0], y.shape().numel());
    sparring_autograd::ops::reshape(y, [n, all / n.max(1)])
}
