//! How far a measured rate may lie from the true one.

/// Wilson score interval `(low, high)` of the success rate behind `k` successes in `n` trials, at `z` standard deviations.
///
/// centre = (p + z²/2n) / (1 + z²/n), half width = z/(1 + z²/n) · √(p(1 − p)/n + z²/4n²) with p = k/n.
/// `z = 1.96` gives 95 %. Unlike p ± z·σ it stays inside [0, 1] and is honest at 0 % and 100 %, where robust accuracies
/// often are. `n = 0` knows nothing: (0, 1). A `k` above `n` counts as `n`.
///
/// Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
///
/// ```
/// let (low, high) = sparring_metrics::wilson_interval(0, 1000, 1.96);
/// assert!(low == 0.0 && high > 0.003 && high < 0.004);
/// ```
pub fn wilson_interval(k: usize, n: usize, z: f64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (k, trials) = (k.min(n), n as f64);
    let p = k as f64 / trials;
    let z2 = z * z / trials;
    let centre = (p + z2 / 2.0) / (1.0 + z2);
    let half = z.abs() / (1.0 + z2) * (p * (1.0 - p) / trials + z2 / (4.0 * trials)).sqrt();
    // At the ends the formula is exactly 0 or 1; rounding must not say otherwise.
    let low = if k == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if k == n { 1.0 } else { (centre + half).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn solves_the_quadratic_it_comes_from() {
        // The ends are the two p0 with |p - p0| = z·√(p0(1 - p0)/n).
        for (k, n) in [(7, 10), (50, 1000), (999, 1000), (1, 2)] {
            let (low, high) = wilson_interval(k, n, 1.96);
            let p = k as f64 / n as f64;
            for end in [low, high] {
                let right = 1.96 * (end * (1.0 - end) / n as f64).sqrt();
                assert!(((p - end).abs() - right).abs() < 1e-12, "{k}/{n}: {end}");
            }
        }
    }

    #[test]
    fn ends_are_honest() {
        assert_eq!(wilson_interval(0, 0, 1.96), (0.0, 1.0));
        assert_eq!(wilson_interval(0, 10, 1.96).0, 0.0);
        assert_eq!(wilson_interval(10, 10, 1.96).1, 1.0);
        assert!(wilson_interval(10, 10, 1.96).0 < 0.75);
    }

    proptest! {
        #[test]
        fn holds_the_rate_and_mirrors(n in 1usize..5000, part in 0.0f64..=1.0) {
            let k = (n as f64 * part) as usize;
            let (low, high) = wilson_interval(k, n, 1.96);
            let p = k as f64 / n as f64;
            prop_assert!(0.0 <= low && low <= p && p <= high && high <= 1.0);
            let (mirror_low, mirror_high) = wilson_interval(n - k, n, 1.96);
            prop_assert!((low - (1.0 - mirror_high)).abs() < 1e-12 && (high - (1.0 - mirror_low)).abs() < 1e-12);
        }
    }
}
