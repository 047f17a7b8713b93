//! The tape: gradients, and gradients of gradients. `cargo run --release --example 02_gradients`

use sparring::prelude::*;

fn main() {
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Array::from_slice([3], &[0.5, 1.0, 2.0]));

    // Values: the plain backward pass.
    let y = ops::sum(ops::ln(x) * x);
    let grads = tape.backward(y, Array::scalar(1.0));
    println!("d/dx Σ x ln x = {:?} (ln x + 1)", grads.get(x).map(|g| g.as_slice().to_vec()));

    // Variables: a gradient that can be differentiated again, as a gradient penalty needs.
    let dy = tape.grad(y, &[x])[0];
    let penalty = ops::sum(ops::square(dy));
    let second = tape.backward(penalty, Array::scalar(1.0));
    println!("d/dx Σ (ln x + 1)² = {:?} (2 (ln x + 1)/x)", second.get(x).map(|g| g.as_slice().to_vec()));

    // Any function can be checked in random directions.
    let silu: AnyActivation = "silu".parse().expect("an activation of this name exists");
    let at = Array::from_slice([2, 2], &[-1.0, 0.2, 0.7, 3.0]);
    let worst = gradcheck(|_, x| ops::activation(ops::matmul(x[0], x[0]), silu), &[at], Default::default());
    println!("largest relative error of the gradient of silu(X X): {worst:?}");
}
