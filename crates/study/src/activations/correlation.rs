//! Whether two figures rise together.

/// A rank correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankCorrelation {
    /// Points.
    pub n: usize,
    /// Spearman's coefficient, in [-1, 1].
    pub rho: f64,
    /// 95 % interval, by Fisher's transformation; `None` of fewer than four points.
    pub interval: Option<(f64, f64)>,
}

/// The rank of each value, from 1; equal ones share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let below = |v: f64| values.iter().filter(|&&w| w < v).count() as f64;
    let equal = |v: f64| values.iter().filter(|&&w| w == v).count() as f64;
    values.iter().map(|&v| below(v) + (equal(v) + 1.0) / 2.0).collect()
}

/// Spearman's rank correlation of the points: Pearson's of their ranks, equal values at the mean of theirs. `None` of fewer than three points, or where one
/// side is constant.
///
/// The interval is tanh(atanh ρ ± 1.96 · √((1 + ρ²/2) / (n − 3))).
///
/// Source: Bonett and Wright, Sample size requirements for estimating Pearson, Kendall and Spearman correlations, Psychometrika 65 (2000).
///
/// ```
/// let found = sparring_study::rank_correlation(&[(1.0, 1.0), (2.0, 4.0), (3.0, 9.0), (4.0, 16.0)]).unwrap();
/// assert_eq!((found.n, found.rho), (4, 1.0));
/// ```
pub fn rank_correlation(points: &[(f64, f64)]) -> Option<RankCorrelation> {
    let n = points.len();
    let (a, b): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    let (a, b, mean) = (ranks(&a), ranks(&b), (n as f64 + 1.0) / 2.0);
    let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    let scale = (sum(&a, &a) * sum(&b, &b)).sqrt();
    if n < 3 || scale == 0.0 || points.iter().any(|(x, y)| !(x.is_finite() && y.is_finite())) {
        return None;
    }
    let rho = (sum(&a, &b) / scale).clamp(-1.0, 1.0);
    let half = (n > 3).then(|| 1.959_963_985 * ((1.0 + rho * rho / 2.0) / (n as f64 - 3.0)).sqrt());
    let interval = half.map(|half| ((rho.atanh() - half).tanh(), (rho.atanh() + half).tanh()));
    Some(RankCorrelation { n, rho, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_are_those_of_the_book() {
        // IQ against hours of television, the example of the encyclopaedia: sum of d² is 194, so ρ = 1 − 6 · 194 / 990.
        let iq = [106.0, 100.0, 86.0, 101.0, 99.0, 103.0, 97.0, 113.0, 112.0, 110.0];
        let hours = [7.0, 27.0, 2.0, 50.0, 28.0, 29.0, 20.0, 12.0, 6.0, 17.0];
        let points: Vec<(f64, f64)> = iq.into_iter().zip(hours).collect();
        let found = rank_correlation(&points).unwrap();
        assert!((found.rho - (1.0 - 6.0 * 194.0 / 990.0)).abs() < 1e-12, "{found:?}");
        // atanh ρ = −0.17743, half width 1.95996 · √((1 + ρ²/2) / 7) = 0.74653.
        let (low, high) = found.interval.unwrap();
        assert!((low - (-0.727_8)).abs() < 1e-3 && (high - 0.514_7).abs() < 1e-3, "{found:?}");
    }

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        let fell = rank_correlation(&[(0.0, 2.0), (1.0, 1.0), (2.0, 0.0)]).unwrap();
        assert_eq!((fell.rho, fell.interval), (-1.0, None));
        assert_eq!(rank_correlation(&[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)]), None);
        assert_eq!(rank_correlation(&[(0.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(rank_correlation(&[(0.0, 1.0), (1.0, f64::NAN), (2.0, 1.0)]), None);
    }
}
