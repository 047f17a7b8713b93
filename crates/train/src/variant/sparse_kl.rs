//! Sparse codes by their mean activations.

use super::contract::{Variant, codes};
use crate::{Penalty, Plan, TrainError};
use sparring_activations::Activation;
use sparring_autograd::{Var, ops};
use sparring_datasets::MiniBatch;
use sparring_math::named::Range;
use sparring_nn::{Cx, Network};
use sparring_seed::Key;
use sparring_tensor::Elem;

/// MSE + beta · Σ_j KL(rho ‖ q_j), q_j the mean over the batch (with `accumulate`: the micro-batch) of the code's number j, which lies in (0, 1): the code ends in a sigmoid. KL(rho ‖ q) = rho
/// ln(rho / q) + (1 − rho) ln((1 − rho) / (1 − q)).
///
/// Source: Ng 2011, CS294A lecture notes, with its beta 3 and rho 0.05. There the squared error is summed over pixels; here it is their mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseCodeKl {
    /// The mean that a number is to have.
    pub rho: f64,
    /// Factor of the sum.
    pub beta: f64,
}

impl Default for SparseCodeKl {
    fn default() -> Self {
        Self { rho: 0.05, beta: 3.0 }
    }
}

sparring_math::named! {
    SparseCodeKl: "sparse-kl", [], "Ng 2011, CS294A lecture notes";
    rho: Range::from_to(0.0001, 0.9999), "mean over the batch that a number of the code is to have";
    beta: Range::above(0.0).in_f32(), "factor of the sum of divergences";
}

impl Variant for SparseCodeKl {
    const ABOUT: &'static str = "a penalty on mean activations of the code that are not rho";

    fn plan(&self, encoder: usize) -> Plan {
        Plan { penalty: Some(Box::new(MeanActivations { of: *self, encoder })), ..Plan::clean() }
    }
}

/// Of a network with so many layers in its encoder.
#[derive(Debug)]
struct MeanActivations {
    of: SparseCodeKl,
    encoder: usize,
}

/// Means count as at least so far from 0 and 1.
const EDGE: f64 = 1e-6;

/// beta Σ_j KL(rho ‖ q_j) of codes `[n, k]`, q drawn away from 0 and 1 by [`EDGE`].
fn divergence<'t, E: Elem>(of: &SparseCodeKl, code: Var<'t, E>) -> Var<'t, E> {
    let (k, SparseCodeKl { rho, beta }) = (code.shape()[1], *of);
    let q = ops::offset(ops::scale(ops::mean_to(code, [1, k]), E::of(1.0 - 2.0 * EDGE)), E::of(EDGE));
    let off = ops::offset(ops::scale(q, E::of(-1.0)), E::ONE);
    let crossed = ops::scale(ops::sum(ops::ln(q)), E::of(-beta * rho))
        + ops::scale(ops::sum(ops::ln(off)), E::of(-beta * (1.0 - rho)));
    let own = rho * rho.ln() + (1.0 - rho) * (1.0 - rho).ln();
    ops::offset(crossed, E::of(beta * k as f64 * own))
}

impl Penalty for MeanActivations {
    fn term<'t>(&self, net: &Network<f32>, cx: &Cx<'t, f32>, batch: &MiniBatch, _: Key) -> Var<'t, f32> {
        divergence(&self.of, codes(net, cx, batch, self.encoder))
    }
    fn check(&self, net: &Network<f32>) -> Result<(), TrainError> {
        let end = self.encoder.checked_sub(1).and_then(|i| net.graph().nodes.get(i));
        let range = end.and_then(|n| n.layer.as_activation()).map(|a| Activation::<f64>::about(a).range);
        match range {
            Some((Some(low), Some(high))) if low >= 0.0 && high <= 1.0 => Ok(()),
            _ => Err(TrainError::Recipe {
                field: "variant",
                value: format!(
                    "sparse-kl, and the code ends in {}",
                    end.map_or("nothing".into(), |n| n.layer.kind())
                ),
                must: "of a code in (0, 1): end the encoder in a sigmoid, as in autoencoder(code_activation=sigmoid)",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_autograd::Tape;
    use sparring_tensor::Array;

    fn value_and_gradient(of: &SparseCodeKl, code: &[f64], k: usize) -> (f64, Vec<f64>) {
        let tape = Tape::new();
        let x = tape.leaf(Array::from_slice([code.len() / k, k], code));
        let y = divergence(of, x);
        let dx = tape.grad(y, &[x])[0].value();
        (y.item(), dx.as_slice().to_vec())
    }

    #[test]
    fn it_is_the_divergence_of_two_coins_and_its_gradient_that_of_differences() {
        let of = SparseCodeKl { rho: 0.2, beta: 3.0 };
        let code = [0.1, 0.9, 0.4, 0.5, 0.3, 0.7];
        let (value, gradient) = value_and_gradient(&of, &code, 2);
        let means = [(0.1 + 0.4 + 0.3) / 3.0, (0.9 + 0.5 + 0.7) / 3.0];
        let one = |q: f64| 0.2 * (0.2 / q).ln() + 0.8 * (0.8 / (1.0 - q)).ln();
        let want = 3.0 * (one(means[0]) + one(means[1]));
        assert!((value - want).abs() < 1e-4, "{value} {want}");
        for i in 0..code.len() {
            let moved = |by: f64| {
                let mut code = code;
                code[i] += by;
                value_and_gradient(&of, &code, 2).0
            };
            let want = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((gradient[i] - want).abs() < 1e-6 * (1.0 + want.abs()), "{i}: {} {want}", gradient[i]);
        }
        // Units that are always off, or have their mean, are no trouble.
        let (off, pull) = value_and_gradient(&of, &[0.0, 0.0], 1);
        assert!(off.is_finite() && pull.iter().all(|&d| d < 0.0));
        let (least, flat) = value_and_gradient(&of, &[0.2, 0.2], 1);
        assert!(least.abs() < 1e-9 && flat.iter().all(|d| d.abs() < 1e-4), "{least} {flat:?}");
    }
}
