//! Time of the derivatives of activations on the tape, for 128 x 1024 elements of `f32`, and of normalisations, on one thread:
//! `cargo run --release -p sparring-autograd --example derivative_speed`.
#![allow(clippy::print_stdout)]

use sparring_activations::{AnyActivation, Trainable};
use sparring_autograd::{Tape, Var, ops};
use sparring_tensor::{Array, team};
use std::sync::Arc;
use std::time::Instant;

/// Microseconds a call: best and median of 31 windows of 4 calls.
fn time(mut f: impl FnMut()) -> (f64, f64) {
    let mut times: Vec<f64> = (0..31)
        .map(|_| {
            let start = Instant::now();
            (0..4).for_each(|_| f());
            start.elapsed().as_secs_f64() * 2.5e5
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[0], times[15])
}

/// Forward; forward and backward; forward and the gradient of ∑ (∂∑y/∂x)².
fn rows(name: &str, x: &Array<f32>, p: &Array<f32>, f: impl for<'t> Fn(Var<'t>, Var<'t>) -> Var<'t>) {
    let mut tape = Tape::<f32>::new();
    let ones = Array::ones(x.shape());
    let forward = time(|| {
        f(tape.leaf(x.clone()), tape.leaf(p.clone()));
        tape.reset();
    });
    let first = time(|| {
        let y = f(tape.leaf(x.clone()), tape.leaf(p.clone())).id();
        std::hint::black_box(tape.backward_and_reset(y, ones.clone()));
    });
    let second = time(|| {
        let (x, p) = (tape.leaf(x.clone()), tape.leaf(p.clone()));
        let dx = tape.grad_with(f(x, p), tape.constant(ones.clone()), &[x])[0];
        let root = ops::square(dx).id();
        std::hint::black_box(tape.backward_and_reset(root, ones.clone()));
    });
    for (what, (best, median)) in [("forward", forward), ("backward", first), ("second order", second)] {
        println!("{name:<24} {what:<14} {best:8.1} us ({median:8.1})");
    }
}

fn main() {
    let x = Array::from_fn([128, 1024], |i| {
        ((i as u32).wrapping_mul(2_654_435_769) >> 8) as f32 / 2_097_152.0 - 4.0
    });
    team::with_threads(1, || {
        for name in ["relu", "silu", "gelu", "tanh"] {
            let a: AnyActivation = name.parse().expect("a name");
            rows(name, &x, &Array::scalar(0.0), |x, _| ops::activation(x, a));
        }
        let prelu: AnyActivation = "prelu".parse().expect("a name");
        let learnt: Arc<dyn Trainable<f32>> = prelu.trainable().expect("has a parameter").into();
        for (name, shape) in [("prelu", &[1][..]), ("prelu a unit", &[1024])] {
            rows(name, &x, &Array::full(shape, 0.25), |x, p| ops::trained(x, p, Arc::clone(&learnt)));
        }
        let image = x.reshape([16, 32, 16, 16]);
        let (scale, channels, examples) = (Array::ones([32, 1, 1]), [1, 32, 1, 1], [16, 1, 1, 1]);
        rows("batch norm", &image, &scale, |x, p| ops::moments(x, channels).normalized(1e-5) * p);
        rows("layer norm", &image, &scale, |x, p| ops::moments(x, examples).normalized(1e-5) * p);
    });
}
