//! What the contract tests run over.
#![allow(dead_code)]

use sparring_activations::{AnyActivation, Smoothness, Turns};

/// `ALL`, and some with other parameters.
pub fn all() -> Vec<AnyActivation> {
    let more = [
        "leaky_relu(0.2)",
        "leaky_relu(-0.5)",
        "leaky_relu(0)",
        "prelu(-0.3)",
        "prelu(2)",
        "elu(0.5)",
        "elu(2)",
        "celu(0.5)",
        "celu(2)",
        "softplus(3)",
        "hard_sigmoid(0.2)",
        "hard_tanh(-2, 0.5)",
        "threshold(0.25, 0.25)",
        "threshold(-0.5, 2)",
        "squareplus(0.3)",
        "soft_shrink(0)",
        "soft_shrink(2)",
        "hard_shrink(1.5)",
        "rrelu(-0.5, 0.1)",
        "swish(3)",
        "swish(0)",
        "swish(-0.7)",
        "acon_c(1.2, -0.3, 1.5)",
        "acon_c(0.5, 1, 2)",
        "acon_c(0.7, 0.7, 1)",
        "acon_c(1, 0.2, -1)",
        "pssilu(2, 0.3)",
        "pssilu(0.8, -0.4)",
        "psoftplus(3)",
        "pelu(0.5, 2)",
        "pelu(2, 0.5)",
        "sin(1)",
        "snake(0.3)",
        "snake(-2)",
        "snake(0)",
        "apl(2, 0.3, 1)",
        "apl(3, -0.25, 2)",
        "apl(1, -0.1)",
        "spline(8, 3, 0.2)",
        "spline(9, 3, 2, -0.5, 0.75)",
    ];
    AnyActivation::ALL.iter().copied().chain(more.map(|text| text.parse().unwrap())).collect()
}

/// Whether f, f' or f'' may jump within `h` of x.
pub fn has_kink(a: &AnyActivation, x: f64, h: f64) -> bool {
    // The facts last: they have the gains computed.
    !a.bends(x - h, x + h).iter().all(|t| (t - x).abs() > h) && a.about().smoothness != Smoothness::Smooth
}

/// How fast derivatives grow from one to the next: radians of a sine in a unit of x, and as much for what is as curved; 0 of all others.
pub fn frequency(a: &AnyActivation) -> f64 {
    match a {
        AnyActivation::Sin(sin) => sin.w0,
        AnyActivation::Snake(snake) => 2.0 * snake.a.abs(),
        AnyActivation::Pau(_) => 3.0,
        _ => 0.0,
    }
}

/// Whether it has a sine in it, whose argument is rounded, and which has no limit.
pub fn oscillates(a: &AnyActivation) -> bool {
    matches!(a, AnyActivation::Sin(_) | AnyActivation::Snake(_))
}

/// n + 1 points from −`half` to `half`, 0 among them for even n.
pub fn line(n: usize, half: f64) -> impl Iterator<Item = f64> + Clone {
    (0..=n).map(move |i| half * (2.0 * i as f64 / n as f64 - 1.0))
}
