//! The Beta distribution of equal parameters.

use sparring_seed::Stream;

/// A number of Beta(alpha, alpha): X / (X + Y) for two of Gamma(alpha).
///
/// Gamma by Marsaglia and Tsang 2000, doi:10.1145/358407.358414, in logarithms: for a small alpha both are below what `f64` holds.
pub(super) fn beta(alpha: f64, rng: &mut Stream) -> f64 {
    let [x, y] = [0; 2].map(|_| log_gamma_variate(alpha, rng));
    1.0 / (1.0 + (y - x).exp())
}

/// The logarithm of a number of Gamma(alpha, 1).
fn log_gamma_variate(alpha: f64, rng: &mut Stream) -> f64 {
    // Gamma(alpha) is Gamma(alpha + 1) · U^(1 / alpha).
    let (shape, boost) = match alpha < 1.0 {
        true => (alpha + 1.0, (1.0 - rng.uniform_f64()).ln() / alpha),
        false => (alpha, 0.0),
    };
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = rng.normal();
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && (1.0 - rng.uniform_f64()).ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
            return d.ln() + v.ln() + boost;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_seed::Key;

    #[test]
    fn moments_are_those_of_the_distribution() {
        for alpha in [0.05, 0.2, 1.0, 2.5] {
            let mut rng = Key::new(3).rng(0);
            let n = 40_000;
            let (mut sum, mut squares, mut inner) = (0.0, 0.0, 0.0);
            for _ in 0..n {
                let b = beta(alpha, &mut rng);
                assert!((0.0..=1.0).contains(&b));
                sum += b;
                squares += (b - 0.5).powi(2);
                inner += (b - 0.5).powi(4);
            }
            let [mean, variance, fourth] = [sum, squares, inner].map(|s| s / f64::from(n));
            let want = 1.0 / (4.0 * (2.0 * alpha + 1.0));
            // Kurtosis of Beta(a, a): 3 − 6 / (2a + 3).
            let kurtosis = 3.0 - 6.0 / (2.0 * alpha + 3.0);
            assert!((mean - 0.5).abs() < 0.008, "{alpha}: {mean}");
            assert!((variance - want).abs() < 0.03 * want, "{alpha}: {variance} {want}");
            assert!((fourth / (want * want) - kurtosis).abs() < 0.1, "{alpha}: {fourth}");
        }
    }
}
