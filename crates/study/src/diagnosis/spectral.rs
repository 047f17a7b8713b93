//! The largest singular value of a layer.

use super::norm::norm;
use sparring_autograd::Tape;
use sparring_nn::{Cx, Network};
use sparring_seed::Key;
use sparring_tensor::{Array, Shape};

/// Where nothing changes by more than this, relatively, over [`QUIET`] steps, an iteration ends.
const SETTLED: f64 = 1e-7;
const QUIET: usize = 5;

/// The largest singular value of node `i`, f(x) = A x + b, as a map of an example's numbers: power iteration v ← Aᵀ A v with A v = f(v) − f(0) and Aᵀ by the backward pass,
/// from a random direction. It comes from below: of close singular values it may stay between them.
pub(super) fn spectral_norm(net: &Network<f32>, i: usize, input: Shape, steps: usize, key: Key) -> f64 {
    let tape = Tape::new();
    let cx = Cx::eval(&tape).layer(i);
    let params: Vec<_> = net.params_of(i).iter().map(|p| cx.param(p)).collect();
    let layer = &net.graph().nodes[i].layer;
    let run = |x| layer.forward(&cx, &params, &[x]);
    let zero = run(tape.constant(Array::zeros(input))).value();
    let mut rng = key.child(i as u64).rng(0);
    let mut v = Array::from_fn(input, |_| rng.normal() as f32);
    let (mut found, mut quiet) = (0.0f64, 0);
    for _ in 0..steps {
        let length = norm(v.as_slice());
        if !(length > 0.0 && length.is_finite()) {
            return found;
        }
        v.as_mut_slice().iter_mut().for_each(|v| *v = (f64::from(*v) / length) as f32);
        // The graph of a step is dropped with it.
        let step = Tape::new();
        let cx = Cx::eval(&step).layer(i);
        let params: Vec<_> = net.params_of(i).iter().map(|p| cx.param(p)).collect();
        let x = step.leaf(v.clone());
        let y = layer.forward(&cx, &params, &[x]);
        let mut u = y.value();
        u.as_mut_slice().iter_mut().zip(zero.as_slice()).for_each(|(u, z)| *u -= z);
        let now = norm(u.as_slice());
        quiet = if (now - found).abs() <= SETTLED * now { quiet + 1 } else { 0 };
        found = found.max(now);
        if quiet == QUIET {
            break;
        }
        match step.backward(y, u).take(x) {
            Some(back) => v = back,
            None => return found,
        }
    }
    found
}
