//! Mean-field theory of one layer (Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232).

use sparring_activations::{Activation, AnyActivation};

/// Steps of Simpson's rule over [−12, 12]; a border at 0, where kinks are.
const STEPS: usize = 4800;

/// E g(√q z) for z ~ N(0, 1), by Simpson's rule: exact to 1e-12 for smooth g, and for a kink at 0.
fn expectation(q: f64, g: impl Fn(f64) -> f64) -> f64 {
    let (step, root) = (24.0 / STEPS as f64, q.sqrt());
    let at = |i: usize| {
        let z = -12.0 + step * i as f64;
        g(root * z) * (-0.5 * z * z).exp()
    };
    let weight = |i: usize| match i {
        0 | STEPS => 1.0,
        i if i % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let sum: f64 = (0..=STEPS).map(|i| weight(i) * at(i)).sum();
    sum * step / 3.0 / std::f64::consts::TAU.sqrt()
}

/// The predicted q = σ_w² E f(√q z)² + σ_b² and χ = σ_w² E f'(√q z)² behind an activation, from q before it.
pub(super) fn step(f: &AnyActivation, q: f64, [weight, bias]: [f64; 2]) -> (f64, f64) {
    let value = |x: f64| f.f(x).powi(2);
    // At a kink the two one-sided slopes count half each, which keeps Simpson's rule exact there.
    let slope = |x: f64| {
        let near = |x: f64| f.df(x).powi(2);
        if x == 0.0 { 0.5 * (near(-f64::MIN_POSITIVE) + near(f64::MIN_POSITIVE)) } else { near(x) }
    };
    (weight * expectation(q, value) + bias, weight * expectation(q, slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms() {
        let of = |name: &str, q, w| step(&name.parse().unwrap(), q, w);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
        // ReLU: half of the second moment, half of the slopes.
        let (q, chi) = of("relu", 3.0, [2.0, 0.25]);
        near(q, 3.25);
        near(chi, 1.0);
        // Leaky: (1 + a²) / 2.
        let (q, chi) = of("leaky_relu(0.5)", 0.7, [1.5, 0.0]);
        near(q, 1.5 * 0.7 * 1.25 / 2.0);
        near(chi, 1.5 * 1.25 / 2.0);
        let (q, chi) = of("identity", 2.0, [0.5, 0.1]);
        near(q, 1.1);
        near(chi, 0.5);
        // ELU by its integral in closed form: E over z > 0 is q / 2, over z < 0 E (e^x − 1)² = e^{2q} Φ(−2√q) − 2 e^{q/2} Φ(−√q) + 1/2.
        let (q, _) = of("elu", 1.0, [1.0, 0.0]);
        near(
            q,
            0.5 + 2f64.exp() * 0.022_750_131_948_179_2 - 2.0 * 0.5f64.exp() * 0.158_655_253_931_457_05 + 0.5,
        );
    }
}
