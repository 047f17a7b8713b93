//! Contractive autoencoders.
//!
//! penalty  lambda · mean over examples of ‖∂ code / ∂ x‖²_F, through gradients of gradients on a tape
//! source   Rifai et al. 2011, ICML, "Contractive auto-encoders"

use super::contract::{Variant, rows};
use crate::{Penalty, Plan};
use sparring_autograd::{Var, ops};
use sparring_datasets::MiniBatch;
use sparring_math::named::Range;
use sparring_nn::{Cx, Network};
use sparring_seed::Key;
use sparring_tensor::{Array, Elem};

/// MSE + lambda · ‖J‖²_F, J the Jacobian of the code at the image, mean over examples.
///
/// The paper has one layer, for which a formula exists; here it is any encoder, by a backward pass for each number of the code, or for random directions v of signs, E ‖Jᵀ v‖² = ‖J‖²_F.
///
/// Source: Rifai et al. 2011; Hutchinson 1990 for the estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contractive {
    /// Factor of the penalty.
    pub lambda: f64,
    /// Random directions of an estimate without bias; 0: every number of the code, exactly.
    pub probes: usize,
}

impl Default for Contractive {
    fn default() -> Self {
        Self { lambda: 1e-3, probes: 0 }
    }
}

sparring_math::named! {
    Contractive: "contractive", [], "Rifai et al. 2011, ICML";
    lambda: Range::above(0.0).in_f32(), "factor of the squared Frobenius norm of the encoder's Jacobian";
    probes: Range::Whole { low: 0, high: 784 }, "random directions of an unbiased estimate; 0: every number of the code, exactly";
}

impl Variant for Contractive {
    const ABOUT: &'static str = "a penalty on the Jacobian of the code";

    fn plan(&self, encoder: usize) -> Plan {
        Plan { penalty: Some(Box::new(Jacobian { of: *self, encoder })), ..Plan::clean() }
    }
}

/// Of a network with so many layers in its encoder.
#[derive(Debug)]
struct Jacobian {
    of: Contractive,
    encoder: usize,
}

/// Σ over examples and directions of ‖Jᵀ v‖², of the code at `x` `[n, c, h, w]`, a leaf; `direction(i, example, j)` is number j of the i-th of `directions` vectors.
fn squared_pullbacks<'t, E: Elem>(
    net: &Network<E>,
    cx: &Cx<'t, E>,
    x: Var<'t, E>,
    encoder: usize,
    directions: impl Fn(usize) -> usize,
    direction: impl Fn(usize, usize, usize) -> f64,
) -> Var<'t, E> {
    let (tape, code) = (cx.tape(), rows(net.forward_to(cx, x, encoder)));
    let (shape, k) = (code.shape(), code.shape()[1]);
    let mut sum = None;
    for i in 0..directions(k) {
        let v = tape.constant(Array::from_fn(shape, |at| E::of(direction(i, at / k, at % k))));
        let squared = ops::sum(ops::square(tape.grad(ops::sum(code * v), &[x])[0]));
        sum = Some(sum.map_or(squared, |sum| sum + squared));
    }
    sum.unwrap_or_else(|| tape.constant(Array::scalar(E::ZERO)))
}

/// ‖J‖²_F, summed over examples.
fn squared_jacobian<'t, E: Elem>(
    net: &Network<E>,
    cx: &Cx<'t, E>,
    x: Var<'t, E>,
    encoder: usize,
) -> Var<'t, E> {
    squared_pullbacks(net, cx, x, encoder, |k| k, |i, _, j| f64::from(u8::from(i == j)))
}

impl Penalty for Jacobian {
    fn term<'t>(&self, net: &Network<f32>, cx: &Cx<'t, f32>, batch: &MiniBatch, key: Key) -> Var<'t, f32> {
        let (n, [c, h, w], Contractive { lambda, probes }) = (batch.len(), batch.shape, self.of);
        let x = cx.tape().leaf(Array::from_slice([n, c, h, w], &batch.x));
        let sum = if probes == 0 {
            squared_jacobian(net, cx, x, self.encoder)
        } else {
            let sign = |i: usize, example: usize, j: usize| {
                let mut rng = key.child(i as u64).child(batch.ids[example]).rng(j as u64);
                if rng.bits() & 1 == 0 { 1.0 } else { -1.0 }
            };
            let all = squared_pullbacks(net, cx, x, self.encoder, |_| probes, sign);
            ops::scale(all, 1.0 / probes as f32)
        };
        ops::scale(sum, (lambda / n as f64) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_autograd::Tape;
    use sparring_nn::{Graph, layers};

    const DIM: usize = 5;

    fn graph(hidden: &[usize]) -> (Graph, usize) {
        let mut all = vec![layers::flatten()];
        let mut from = DIM;
        for &to in hidden {
            all.extend([layers::linear(from, to), layers::activation(&"sigmoid".parse().unwrap())]);
            from = to;
        }
        let encoder = all.len();
        all.push(layers::linear(from, DIM));
        (Graph::chain([1, 1, DIM], all), encoder)
    }

    fn images(n: usize) -> Vec<f64> {
        let mut rng = Key::new(5).rng(0);
        (0..n * DIM).map(|_| rng.uniform_f64()).collect()
    }

    /// The norm, and its gradient at every parameter.
    fn found(net: &Network<f64>, encoder: usize, x: &[f64]) -> (f64, Vec<Vec<f64>>) {
        let tape = Tape::new();
        let cx = Cx::train(&tape, Key::new(0), &[]);
        let x = tape.leaf(Array::from_slice([x.len() / DIM, 1, 1, DIM], x));
        let norm = squared_jacobian(net, &cx, x, encoder);
        let grads = tape.backward(norm, Array::scalar(1.0));
        let of = |p: &sparring_nn::Param<f64>| {
            grads.param(p.id()).map_or_else(|| vec![0.0; p.value.len()], |g| g.as_slice().to_vec())
        };
        (norm.item(), net.params.iter().map(of).collect())
    }

    #[test]
    fn of_one_layer_it_is_the_papers_formula() {
        let (graph, encoder) = graph(&[3]);
        let net: Network<f64> = graph.build(Key::new(2)).unwrap();
        let (n, x) = (4, images(4));
        let [w, b] = ["1.weight", "1.bias"].map(|name| net.params.get(name).unwrap().value.as_slice());
        // Σ over units of (h (1 − h))² ‖w‖², and its derivatives by hand.
        let (mut want, mut dw, mut db) = (0.0, vec![0.0; 3 * DIM], [0.0; 3]);
        for x in x.chunks(DIM) {
            for j in 0..3 {
                let row = &w[j * DIM..(j + 1) * DIM];
                let z: f64 = row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + b[j];
                let h = 1.0 / (1.0 + (-z).exp());
                let (slope, length) = (h * (1.0 - h), row.iter().map(|w| w * w).sum::<f64>());
                want += slope * slope * length;
                let by_z = 2.0 * slope * slope * (1.0 - 2.0 * h) * length;
                db[j] += by_z;
                for i in 0..DIM {
                    dw[j * DIM + i] += by_z * x[i] + 2.0 * slope * slope * row[i];
                }
            }
        }
        let (norm, grads) = found(&net, encoder, &x);
        assert!((norm - want).abs() < 1e-12 * want && want > 0.0, "{norm} {want} of {n}");
        for (got, want) in grads[0].iter().zip(&dw).chain(grads[1].iter().zip(&db)) {
            assert!((got - want).abs() < 1e-12, "{got} {want}");
        }
        // The decoder has no part in it.
        assert!(grads[2].iter().chain(&grads[3]).all(|&g| g == 0.0));
    }

    #[test]
    fn of_a_deep_encoder_gradients_are_differences() {
        let (graph, encoder) = graph(&[4, 3]);
        let mut net: Network<f64> = graph.build(Key::new(3)).unwrap();
        let x = images(3);
        let (_, grads) = found(&net, encoder, &x);
        for p in 0..4 {
            for i in [0, 2] {
                let mut at = |by: f64| {
                    net.params.iter_mut().nth(p).unwrap().value.as_mut_slice()[i] += by;
                    let norm = found(&net, encoder, &x).0;
                    net.params.iter_mut().nth(p).unwrap().value.as_mut_slice()[i] -= by;
                    norm
                };
                let want = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!(
                    (grads[p][i] - want).abs() < 1e-7 * (1.0 + want.abs()),
                    "{p} {i}: {} {want}",
                    grads[p][i]
                );
            }
        }
    }

    #[test]
    fn random_directions_have_the_exact_mean() {
        let (graph, encoder) = graph(&[4, 3]);
        let net: Network<f32> = graph.build(Key::new(4)).unwrap();
        let x: Vec<f32> = images(8).iter().map(|&x| x as f32).collect();
        let batch = MiniBatch { x, labels: vec![0; 8], ids: (0..8).collect(), shape: [1, 1, DIM] };
        let term = |probes: usize, key: u64| {
            let tape = Tape::new();
            let cx = Cx::train(&tape, Key::new(0), &[]);
            let penalty = Jacobian { of: Contractive { lambda: 1.0, probes }, encoder };
            f64::from(penalty.term(&net, &cx, &batch, Key::new(key)).item())
        };
        let exact = term(0, 0);
        let all: Vec<f64> = (0..200).map(|key| term(2, key)).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let deviation = (all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / all.len() as f64).sqrt();
        let error = deviation / (all.len() as f64).sqrt();
        assert!((mean - exact).abs() < 4.0 * error && deviation > 0.0, "{mean} {exact} ± {error}");
    }
}
