//! What the contract tests run over.
#![allow(dead_code)]

use sparring_activations::{AnyActivation, Relax, Smoothness};

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
    ];
    AnyActivation::ALL.iter().copied().chain(more.map(|text| text.parse().unwrap())).collect()
}

/// Whether f, f' or f'' may jump within `h` of x.
pub fn has_kink(a: &AnyActivation, x: f64, h: f64) -> bool {
    a.about().smoothness != Smoothness::Smooth && !a.bends(x - h, x + h).iter().all(|t| (t - x).abs() > h)
}

/// n + 1 points from −`half` to `half`, 0 among them for even n.
pub fn line(n: usize, half: f64) -> impl Iterator<Item = f64> + Clone {
    (0..=n).map(move |i| half * (2.0 * i as f64 / n as f64 - 1.0))
}
