//! The tape: gradients, and gradients of gradients. `cargo run --release --example 02_gradients`
//!
//! What one learns: a gradient is a variable like any other, so it can be differentiated again; and any function can be checked
//! against differences.

use sparring::prelude::*;

/// What the tape found beside the formula, one point a line.
fn compare(title: &str, at: &[f64], found: &[f64], formula: impl Fn(f64) -> f64) {
    println!("{title}");
    for (x, found) in at.iter().zip(found) {
        println!("  at x = {x}: {found:8.5}, by the formula {:8.5}", formula(*x));
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let at = [0.5, 1.0, 2.0];
    let tape = Tape::<f64>::new();
    let x = tape.leaf(Array::from_slice([3], &at));

    // Values: the plain backward pass.
    let y = ops::sum(ops::ln(x) * x);
    let grads = tape.backward(y, Array::scalar(1.0));
    let first = grads.get(x).ok_or("y depends on x")?;
    compare("derivative of the sum of x ln x, which is ln x + 1", &at, first.as_slice(), |x| x.ln() + 1.0);

    // Variables: a gradient that can be differentiated again, as a gradient penalty needs.
    let dy = tape.grad(y, &[x])[0];
    let penalty = ops::sum(ops::square(dy));
    let grads = tape.backward(penalty, Array::scalar(1.0));
    let second = grads.get(x).ok_or("the penalty depends on x")?;
    let formula = |x: f64| 2.0 * (x.ln() + 1.0) / x;
    compare(
        "derivative of the sum of its squares, which is 2 (ln x + 1) / x",
        &at,
        second.as_slice(),
        formula,
    );

    // Any function can be checked in random directions.
    let silu: AnyActivation = "silu".parse()?;
    let at = Array::from_slice([2, 2], &[-1.0, 0.2, 0.7, 3.0]);
    let worst = gradcheck(|_, x| ops::activation(ops::matmul(x[0], x[0]), silu), &[at], Default::default())?;
    println!("gradient of silu(X X) against differences: largest relative error {worst:.1e}");
    Ok(())
}
