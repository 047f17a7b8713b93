//! ForwAbs: one step, and a penalty on how far the network's absolute weights spread the box.
//!
//! example  that of N-FGSM: noise, one step of ε, no projection; without noise FGSM
//! loss     CE(f(x'), y) + lambda · mean(Σ_c |W_L| ⋯ |W_1| r), r = half the width of [x − ε, x + ε] ∩ [0, 1]: no biases, activations as if linear,
//!          normalisations by their running variance
//! source   De Palma et al. 2025 (TMLR), arXiv:2410.01617; authors' code, `compute_forwabs_reg`
//!
//! The authors sum over the batch: their coefficient is lambda divided by the examples of a batch. |W| r bounds what interval arithmetic finds at the first layer, and replaces it further on; it
//! costs one more forward and backward pass on a tape, and no second derivative.

use super::contract::{BUDGET, Defense, Hyperparameters, WARM_UP, ramp};
use super::n_fgsm::NFgsm;
use super::plan::{Penalty, Plan};
use crate::TrainError;
use serde::{Deserialize, Serialize};
use sparring_autograd::{Tape, Var, ops};
use sparring_datasets::MiniBatch;
use sparring_math::named::Range;
use sparring_nn::{Cx, Mode, Network, Param, ParamKind};
use sparring_seed::Key;
use sparring_tensor::Array;

/// One step from a noisy start, and a penalty on the spread of the box through absolute weights.
///
/// Source: De Palma et al. 2025 (TMLR), arXiv:2410.01617.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForwAbs {
    /// Budget in L-inf.
    pub eps: f32,
    /// Factor of the penalty.
    pub lambda: f64,
    /// The noise is uniform in the ball of this many times eps.
    pub noise: f32,
    /// Fraction of the training over which the budget grows from 0 to eps.
    pub warm_up: f64,
}

impl ForwAbs {
    /// The step and the growth of N-FGSM; lambda is not chosen by measurement.
    pub fn new(eps: f32) -> Self {
        let NFgsm { noise, warm_up, .. } = NFgsm::new(eps);
        Self { eps, lambda: 1e-6, noise, warm_up }
    }
}

impl Default for ForwAbs {
    fn default() -> Self {
        Self::new(0.3)
    }
}

sparring_math::named! {
    ForwAbs: "forw-abs", [], "De Palma et al. 2025 (TMLR), arXiv:2410.01617";
    eps: BUDGET, "budget in L-inf, in pixels of [0, 1]";
    lambda: Range::at_least(0.0).in_f32(), "factor of the penalty on the spread of the box through absolute weights";
    noise: Range::from_to(0.0, 10.0), "noise at the start, in multiples of eps";
    warm_up: WARM_UP, "fraction of the training over which the budget grows from 0 to eps";
}

impl Defense for ForwAbs {
    const ABOUT: &'static str =
        "the step of N-FGSM, and a penalty on the spread of the box through absolute weights";
    const WORTH: &'static str = "42 % on mnist (one seed), for 4 points of clean accuracy";

    fn eps(&self) -> Option<f32> {
        Some(self.eps)
    }
    fn warm_up(&self) -> f64 {
        self.warm_up
    }
    fn plan(&self, progress: f64) -> Plan {
        let Self { eps, noise, warm_up, lambda } = *self;
        let step = NFgsm { eps, noise, step_size: eps, warm_up };
        let spread = Spread { eps: ramp(progress, warm_up) * eps, lambda };
        Plan { penalty: Some(Box::new(spread)), ..step.plan(progress) }
    }
    /// Those of N-FGSM, not chosen for it.
    fn hyperparameters(&self) -> Hyperparameters {
        NFgsm::new(self.eps).hyperparameters()
    }
}

/// The penalty at the present budget.
#[derive(Clone, Copy, Debug)]
struct Spread {
    eps: f32,
    lambda: f64,
}

impl Penalty for Spread {
    fn term<'t>(&self, net: &Network<f32>, cx: &Cx<'t, f32>, batch: &MiniBatch, _: Key) -> Var<'t, f32> {
        let (n, [c, h, w]) = (batch.len(), batch.shape);
        let half = |x: f32| 0.5 * ((x + self.eps).min(1.0) - (x - self.eps).max(0.0));
        let width = Array::from_fn([n, c, h, w], |i| half(batch.x[i]));
        let spread = ops::sum(through_absolute_weights(net, cx, width));
        ops::scale(spread, (self.lambda / n as f64) as f32)
    }
    /// A network with layers that are not linear where all numbers are at least 0 is refused: twice the widths must give twice the spread.
    fn check(&self, net: &Network<f32>) -> Result<(), TrainError> {
        let [c, h, w] = net.graph().input;
        let tape = Tape::new();
        let spread = |factor: f32| {
            let mut rng = Key::new(0).rng(0);
            let x = Array::from_fn([1, c, h, w], |_| factor * rng.uniform_in(0.1, 1.0));
            through_absolute_weights(net, &Cx::eval(&tape), x).value()
        };
        let [once, twice] = [1.0, 2.0].map(spread);
        let linear = |(a, b): (&f32, &f32)| (b - 2.0 * a).abs() <= 1e-3 * b.abs();
        if once.as_slice().iter().zip(twice.as_slice()).all(linear) {
            return Ok(());
        }
        let must = "used with a network that is linear where all numbers are at least 0 (relu and its kin, no tanh, no layer norm)";
        Err(TrainError::Recipe { field: "defense", value: "forw-abs".into(), must })
    }
}

/// |W_L| ⋯ |W_1| x for x of at least 0: a forward pass in evaluation mode by absolute weights, without biases and means.
fn through_absolute_weights<'t>(net: &Network<f32>, cx: &Cx<'t, f32>, x: Array<f32>) -> Var<'t, f32> {
    let x = cx.tape().constant(x);
    net.forward_by(&cx.in_mode(Mode::Eval), x, &|p, v| match role(p) {
        Role::Added => ops::scale(v, 0.0),
        Role::Variance => v,
        Role::Factor => {
            let signs =
                v.value().as_slice().iter().map(|&w| if w < 0.0 { -1.0 } else { 1.0 }).collect::<Vec<_>>();
            v * cx.tape().constant(Array::from_slice(v.shape(), &signs))
        }
    })
}

/// What a parameter is in a layer that is linear but for its bias.
enum Role {
    Factor,
    Added,
    Variance,
}

/// By PyTorch's names.
fn role(p: &Param<f32>) -> Role {
    let name = p.name().rsplit('.').next().unwrap_or_default();
    match (name, p.kind()) {
        (_, ParamKind::Bias) | ("bias" | "running_mean", _) => Role::Added,
        (_, ParamKind::Buffer) => Role::Variance,
        _ => Role::Factor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::SafeTensors;
    use sparring_nn::{Graph, layers};

    fn net(activation: &str) -> Network<f32> {
        let act = layers::activation(&activation.parse().unwrap());
        let all = vec![
            layers::conv2d(1, 3, 3, 2, 1),
            layers::batch_norm(3),
            act.clone(),
            layers::flatten(),
            layers::linear(18, 6),
            act,
            layers::linear(6, 4),
        ];
        Graph::chain([1, 4, 5], all).build::<f32>(Key::new(1)).unwrap()
    }

    #[test]
    fn value_and_gradients_are_those_of_pytorch() {
        let bytes = include_bytes!("../../../../golden/defenses/forw_abs.safetensors");
        let file = SafeTensors::deserialize(bytes).unwrap();
        let floats = |name: &str| -> Vec<f32> {
            let data = file.tensor(name).unwrap().data().chunks_exact(4);
            data.map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
        };
        let mut net = net("relu");
        for p in &mut net.params {
            let start = floats(&format!("start/{}", p.name()));
            p.value.as_mut_slice().copy_from_slice(&start);
        }
        let x = floats("x");
        let n = x.len() / 20;
        let batch = MiniBatch { x, labels: vec![0; n], ids: (0..n as u64).collect(), shape: [1, 4, 5] };
        let penalty = Spread { eps: 0.3, lambda: 0.5 };
        assert!(penalty.check(&net).is_ok());
        let tape = Tape::new();
        let cx = Cx::train(&tape, Key::new(0), &[]);
        let term = penalty.term(&net, &cx, &batch, Key::new(0));
        let want = floats("penalty")[0];
        assert!((term.item() - want).abs() < 1e-5 * want, "{} {want}", term.item());
        let grads = tape.backward(term, Array::scalar(1.0));
        let mut moved = 0;
        for p in net.params.iter().filter(|p| p.is_trained()) {
            let want = floats(&format!("d/{}", p.name()));
            let none = vec![0.0; p.value.len()];
            let got = grads.param(p.id()).map_or(&none[..], |g| g.as_slice());
            for (a, b) in got.iter().zip(&want) {
                assert!((a - b).abs() < 2e-5 * (1.0 + b.abs()), "{}: {a} {b}", p.name());
                moved += usize::from(b.abs() > 1e-3);
            }
        }
        assert!(moved > 100, "{moved}");
    }

    #[test]
    fn networks_that_are_not_linear_on_positive_numbers_are_refused() {
        let check = |activation: &str| Spread { eps: 0.3, lambda: 1.0 }.check(&net(activation));
        assert!(check("leaky_relu").is_ok());
        for bad in ["tanh", "silu", "sigmoid"] {
            let e = check(bad).unwrap_err().to_string();
            assert!(e.contains("defense is forw-abs, but must be used with a network that is linear"), "{e}");
        }
    }
}
