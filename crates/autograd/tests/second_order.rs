//! Gradients of gradients against closed forms.

use sparring_activations::Softplus;
use sparring_autograd::{Checking, Tape, Var, gradcheck, ops};
use sparring_losses::CrossEntropy;
use sparring_tensor::Array;
use std::sync::Arc;

/// Weight of the gradient penalty, as in the paper.
const LAMBDA: f64 = 10.0;

/// λ · mean over examples of (|∇ₓ D(x)| − 1)² (Gulrajani et al. 2017, arXiv:1704.00028); scores `[n, 1]`, x `[n, dim]`.
fn gradient_penalty<'t>(scores: Var<'t, f64>, x: Var<'t, f64>) -> Var<'t, f64> {
    let gradient = scores.tape().grad(ops::sum(scores), &[x])[0];
    let length = ops::sqrt(ops::sum_last(ops::square(gradient)));
    ops::scale(ops::mean(ops::square(ops::offset(length, -1.0))), LAMBDA)
}

fn wave(shape: &[usize], phase: f64) -> Array<f64> {
    Array::from_fn(shape, |i| (1.7 * i as f64 + phase).sin())
}

#[test]
fn the_gradient_penalty_of_a_linear_critic_has_its_closed_form() {
    // D(x) = w·x + b has gradient w everywhere: the penalty is λ(|w| − 1)², its gradient 2λ(|w| − 1) w/|w|.
    for size in [0.25, 1.0, 3.0] {
        let raw = wave(&[1, 6], 0.3);
        let length = raw.as_slice().iter().map(|v| v * v).sum::<f64>().sqrt();
        let w = Array::from_fn([1, 6], |i| raw.as_slice()[i] * size / length);
        let tape = Tape::new();
        let (x, w, b) =
            (tape.leaf(wave(&[5, 6], 2.0)), tape.leaf(w), tape.leaf(Array::from_slice([1], &[0.4])));
        let penalty = gradient_penalty(ops::linear(x, w, Some(b)), x);
        assert!((penalty.item() - LAMBDA * (size - 1.0).powi(2)).abs() < 1e-12);
        let grads = tape.backward(penalty, Array::scalar(1.0));
        for (g, w) in grads.get(w).unwrap().as_slice().iter().zip(w.value().as_slice()) {
            assert!((g - 2.0 * LAMBDA * (size - 1.0) * w / size).abs() < 1e-12, "|w| = {size}: {g}");
        }
        // Neither the bias nor the points matter to the gradient of a linear critic.
        for flat in [b, x] {
            assert!(grads.get(flat).is_none_or(|g| g.as_slice().iter().all(|v| v.abs() < 1e-12)));
        }
    }
}

#[test]
fn the_gradient_penalty_of_a_curved_critic_passes_the_check() {
    let inputs = [wave(&[4, 3], 0.1), wave(&[5, 3], 0.7), wave(&[5], 1.1), wave(&[1, 5], 1.9)];
    let worst = gradcheck(
        |_, x| {
            let hidden = ops::activation(ops::linear(x[0], x[1], Some(x[2])), Softplus::default());
            gradient_penalty(ops::linear(hidden, x[3], None), x[0])
        },
        &inputs,
        Checking::default(),
    );
    worst.unwrap();
}

#[test]
fn the_hessian_of_cross_entropy_is_that_of_the_softmax() {
    // H v = p ∘ (v − p·v) for one row of logits.
    let (z, v) = (wave(&[1, 7], 0.4), wave(&[1, 7], 2.2));
    let tape = Tape::new();
    let logits = tape.leaf(z);
    let labels: Arc<[usize]> = Arc::from([4]);
    let loss = ops::sum(ops::row_loss(logits, CrossEntropy, labels));
    let gradient = tape.grad(loss, &[logits])[0];
    let along = ops::sum(gradient * tape.constant(v.clone()));
    let got = tape.backward(along, Array::scalar(1.0));
    let p = ops::softmax(logits).value();
    let mean: f64 = p.as_slice().iter().zip(v.as_slice()).map(|(p, v)| p * v).sum();
    for ((g, p), v) in got.get(logits).unwrap().as_slice().iter().zip(p.as_slice()).zip(v.as_slice()) {
        assert!((g - p * (v - mean)).abs() < 1e-13);
    }
}

#[test]
fn a_quadratic_form_gives_its_matrix_and_nothing_beyond() {
    // f = xᵀ A x: ∇f = (A + Aᵀ) x, the gradient of u·∇f is (A + Aᵀ) u, and one order more is zero.
    let (a, u) = (wave(&[4, 4], 0.9), wave(&[1, 4], 0.2));
    let tape = Tape::new();
    let (x, a, u) = (tape.leaf(wave(&[1, 4], 1.3)), tape.constant(a), tape.constant(u));
    let first = tape.grad(ops::sum(ops::matmul(x, a) * x), &[x])[0];
    let second = tape.grad(ops::sum(first * u), &[x])[0];
    let m = a.value();
    for i in 0..4 {
        let symmetric = |j: usize| m.as_slice()[4 * i + j] + m.as_slice()[4 * j + i];
        let want: f64 = (0..4).map(|j| symmetric(j) * u.value().as_slice()[j]).sum();
        assert!((second.value().as_slice()[i] - want).abs() < 1e-13);
    }
    let third = tape.grad(ops::sum(second), &[x])[0];
    assert!(third.value().as_slice().iter().all(|v| v.abs() < 1e-13));
}
