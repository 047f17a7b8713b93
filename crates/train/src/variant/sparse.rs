//! Sparse codes by their sizes.

use super::contract::{Variant, codes};
use crate::{Penalty, Plan};
use sparring_activations::Relu;
use sparring_autograd::{Var, ops};
use sparring_datasets::MiniBatch;
use sparring_math::named::Range;
use sparring_nn::{Cx, Network};
use sparring_seed::Key;

/// MSE + l1 · Σ_j |a_j| over the numbers of the code, mean over examples; derivative 0 at a = 0. Numbers that are to be exactly 0 need an activation of the code that has 0 (ReLU).
///
/// Source: Ng 2011, CS294A lecture notes; the sum of sizes as in Keras's `activity_regularizer`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseCode {
    /// Factor of the sum.
    pub l1: f64,
}

impl Default for SparseCode {
    fn default() -> Self {
        Self { l1: 1e-3 }
    }
}

sparring_math::named! {
    SparseCode: "sparse", ["sparse-l1"], "Ng 2011, CS294A lecture notes";
    l1: Range::above(0.0).in_f32(), "factor of the sum of the sizes of the code's numbers";
}

impl Variant for SparseCode {
    const ABOUT: &'static str = "a penalty on the sizes of the code's numbers";

    fn plan(&self, encoder: usize) -> Plan {
        Plan { penalty: Some(Box::new(Sizes { l1: self.l1, encoder })), ..Plan::clean() }
    }
}

/// Of a network with so many layers in its encoder.
#[derive(Debug)]
struct Sizes {
    l1: f64,
    encoder: usize,
}

impl Penalty for Sizes {
    fn term<'t>(&self, net: &Network<f32>, cx: &Cx<'t, f32>, batch: &MiniBatch, _: Key) -> Var<'t, f32> {
        let code = codes(net, cx, batch, self.encoder);
        let sizes = ops::activation(code, Relu) + ops::activation(ops::scale(code, -1.0), Relu);
        ops::scale(ops::sum(sizes), (self.l1 / batch.len() as f64) as f32)
    }
}
