//! What the contract tests run over.
#![allow(dead_code)]

use sparring_activations::AnyActivation;

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
    ];
    AnyActivation::ALL.iter().copied().chain(more.map(|text| text.parse().unwrap())).collect()
}

/// Whether f' or f'' jumps at 0.
pub fn has_kink(a: &AnyActivation) -> bool {
    matches!(
        a,
        AnyActivation::Relu(_)
            | AnyActivation::LeakyRelu(_)
            | AnyActivation::Prelu(_)
            | AnyActivation::Elu(_)
            | AnyActivation::Selu(_)
            | AnyActivation::Celu(_)
    )
}

/// n + 1 points from −`half` to `half`, 0 among them for even n.
pub fn line(n: usize, half: f64) -> impl Iterator<Item = f64> + Clone {
    (0..=n).map(move |i| half * (2.0 * i as f64 / n as f64 - 1.0))
}
