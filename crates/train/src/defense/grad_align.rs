//! GradAlign: FGSM, and a penalty that keeps the loss linear in the ball.
//!
//! example  box ∩ ball of (x + ε · sign(∇ loss(x, y))), no random start
//! loss     CE(f(x'), y) + lambda · mean(1 − cos(∇ₓ CE(f(x), y), ∇ₓ CE(f(x + u), y))), u uniform in the ball; differentiated through both gradients
//! source   Andriushchenko and Flammarion 2020, arXiv:2007.02617; authors' code github.com/tml-epfl/understanding-fast-adv-training
//!
//! As in the authors' code an example whose gradient is 0 at either point does not count. The penalty is made on a tape: it costs several plain steps.

use super::contract::{BUDGET, Defense, Hyperparameters, WARM_UP, at_once, ramp};
use super::plan::{Penalty, Plan};
use serde::{Deserialize, Serialize};
use sparring_attacks::{Fgsm, Linf, Norm as _};
use sparring_autograd::{Var, ops};
use sparring_datasets::MiniBatch;
use sparring_losses::CrossEntropy;
use sparring_math::named::Range;
use sparring_nn::{Cx, Network};
use sparring_seed::Key;
use sparring_tensor::Array;
use std::sync::Arc;

/// FGSM with a penalty on gradients that turn within the ball.
///
/// Source: Andriushchenko and Flammarion 2020, arXiv:2007.02617.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GradAlign {
    /// Budget in L-inf.
    pub eps: f32,
    /// Factor of the penalty.
    pub lambda: f64,
    /// Fraction of the training over which the budget (and the step with it) grows from 0 to eps. Files before there was a choice have none.
    #[serde(default, skip_serializing_if = "at_once")]
    pub warm_up: f64,
}

impl GradAlign {
    /// lambda 1, the budget growing over the first half: chosen on validation images of MNIST at eps 0.3, where the paper's 0.2 (CIFAR-10, eps 8/255) overfits to its step.
    pub fn new(eps: f32) -> Self {
        Self { eps, lambda: 1.0, warm_up: 0.5 }
    }
}

impl Default for GradAlign {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    GradAlign: "grad-align", [], "Andriushchenko and Flammarion 2020, arXiv:2007.02617";
    eps: BUDGET, "budget in L-inf, in pixels of [0, 1]";
    lambda: Range::at_least(0.0).in_f32(), "factor of the penalty on gradients that turn within the ball";
    warm_up: WARM_UP, "fraction of the training over which the budget grows from 0 to eps";
}

impl Defense for GradAlign {
    const ABOUT: &'static str = "one step of eps, and a penalty on gradients that turn within the ball, eps growing over the first half";
    const WORTH: &'static str = "the best with one gradient a step, and not steady: 33 to 76 % on mnist";

    fn eps(&self) -> Option<f32> {
        Some(self.eps)
    }
    fn warm_up(&self) -> f64 {
        self.warm_up
    }
    fn plan(&self, progress: f64) -> Plan {
        let now = Self { eps: ramp(progress, self.warm_up) * self.eps, ..*self };
        Plan { penalty: Some(Box::new(now)), ..Plan::adversarial(Fgsm::default(), now.eps) }
    }
    fn hyperparameters(&self) -> Hyperparameters {
        Hyperparameters { epochs: 8, lr: 2e-3, ..Hyperparameters::several_steps() }
    }
}

impl Penalty for GradAlign {
    fn term<'t>(&self, net: &Network<f32>, cx: &Cx<'t, f32>, batch: &MiniBatch, key: Key) -> Var<'t, f32> {
        let dim = batch.shape.iter().product();
        let (mut near, mut noise) = (batch.x.clone(), vec![0.0; dim]);
        for (x, &id) in near.chunks_exact_mut(dim).zip(&batch.ids) {
            Linf.uniform(&mut key.rng(id), self.eps, &mut noise);
            x.iter_mut().zip(&noise).for_each(|(x, u)| *x += u);
        }
        let (mean, lambda) = (mean_cosine(net, cx, [&batch.x, &near], batch), self.lambda as f32);
        ops::offset(ops::scale(mean, -lambda), lambda)
    }
}

/// The mean cosine between the gradients of the cross-entropy at both points of each example; those where one is 0 do not count.
fn mean_cosine<'t>(
    net: &Network<f32>,
    cx: &Cx<'t, f32>,
    points: [&[f32]; 2],
    batch: &MiniBatch,
) -> Var<'t, f32> {
    let (tape, n, [c, h, w]) = (cx.tape(), batch.len(), batch.shape);
    let labels: Arc<[usize]> = Arc::from(&batch.labels[..]);
    let gradients = points.map(|x| {
        let x = tape.leaf(Array::from_slice([n, c, h, w], x));
        let loss = ops::sum(ops::row_loss(net.forward(cx, x), CrossEntropy, Arc::clone(&labels)));
        ops::reshape(tape.grad(loss, &[x])[0], [n, c * h * w])
    });
    let squares = gradients.map(|g| ops::sum_last(ops::square(g)));
    let shape = squares[0].shape();
    let counts: Vec<bool> = {
        let [a, b] = squares.each_ref().map(|s| s.value());
        a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| *a > 0.0 && *b > 0.0).collect()
    };
    let counted = counts.iter().filter(|&&counts| counts).count().max(1) as f32;
    let weights = Array::from_fn(shape, |i| if counts[i] { 1.0 / counted } else { 0.0 });
    // Where a gradient is 0 its length is taken for more: the weight of the example is 0.
    let filled = Array::from_fn(shape, |i| if counts[i] { 0.0 } else { 1.0 });
    let [a, b] = squares.map(|s| ops::sqrt(s + tape.constant(filled.clone())));
    let cosines = ops::sum_last(gradients[0] * gradients[1]) / (a * b);
    ops::sum(cosines * tape.constant(weights))
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::SafeTensors;
    use sparring_autograd::Tape;
    use sparring_nn::{Graph, layers};

    #[test]
    fn value_and_gradients_are_those_of_pytorch() {
        let bytes = include_bytes!("../../../../golden/defenses/grad_align.safetensors");
        let file = SafeTensors::deserialize(bytes).unwrap();
        let floats = |name: &str| -> Vec<f32> {
            let data = file.tensor(name).unwrap().data().chunks_exact(4);
            data.map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
        };
        let labels: Vec<usize> =
            file.tensor("labels").unwrap().data().chunks_exact(8).map(|b| b[0].into()).collect();
        let act = layers::activation(&"relu".parse().unwrap());
        let all = vec![layers::flatten(), layers::linear(8, 6), act, layers::linear(6, 3)];
        let mut net = Graph::chain([1, 2, 4], all).build::<f32>(Key::new(1)).unwrap();
        for p in &mut net.params {
            let start = floats(&format!("start/{}", p.name()));
            p.value.as_mut_slice().copy_from_slice(&start);
        }
        let ids = (0..labels.len() as u64).collect();
        let batch = MiniBatch { x: floats("x"), labels, ids, shape: [1, 2, 4] };
        let run = |net: &Network<f32>| {
            let tape = Tape::new();
            let cx = Cx::train(&tape, Key::new(0), &[]);
            let mean = mean_cosine(net, &cx, [&batch.x, &floats("near")], &batch);
            let grads = tape.backward(mean, Array::scalar(1.0));
            let of = |p: &sparring_nn::Param<f32>| {
                grads.param(p.id()).map_or_else(|| vec![0.0; p.value.len()], |g| g.as_slice().to_vec())
            };
            (mean.item(), net.params.iter().map(of).collect::<Vec<_>>())
        };
        let (value, grads) = run(&net);
        let want = floats("cosine")[0];
        assert!((value - want).abs() < 1e-6 && want > 0.0 && want < 0.99, "{value} {want}");
        for (p, got) in net.params.iter().zip(&grads) {
            for (a, b) in got.iter().zip(floats(&format!("d/{}", p.name()))) {
                assert!((a - b).abs() < 2e-5 * (1.0 + b.abs()), "{}: {a} {b}", p.name());
            }
        }
        // A network that is the same everywhere: nothing counts, and nothing is NaN.
        net.params.get_mut("1.bias").unwrap().value.as_mut_slice().fill(-100.0);
        let (value, grads) = run(&net);
        assert!(value == 0.0 && grads.iter().flatten().all(|&g| g == 0.0), "{value} {grads:?}");
    }
}
