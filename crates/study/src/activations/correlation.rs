//! Whether two figures rise together.

/// A rank correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankCorrelation {
    /// Points.
    pub n: usize,
    /// Spearman's coefficient, in [-1, 1].
    pub rho: f64,
    /// Two-sided p-value of ρ = 0, of at most nine points or |ρ| = 1: the share of all orders of one side whose |ρ| is as large.
    pub p: Option<f64>,
    /// 95 % interval, by Fisher's transformation, of ten points or more and |ρ| < 1.
    pub interval: Option<(f64, f64)>,
}

/// Points up to which all orders are counted; Fisher's transformation is an approximation for more.
const FEW: usize = 9;

/// Counts the orders of `rest` whose sum with `a`, beginning with `sum`, is as far from `middle` as `far`, among all.
fn orders(a: &[f64], rest: &mut [f64], sum: f64, middle: f64, far: f64) -> [u64; 2] {
    let Some((first, a)) = a.split_first() else { return [u64::from((sum - middle).abs() >= far), 1] };
    let mut all = [0, 0];
    for k in 0..rest.len() {
        rest.swap(0, k);
        let (head, tail) = rest.split_first_mut().expect("as many as of a");
        let [as_far, count] = orders(a, tail, sum + first * *head, middle, far);
        all = [all[0] + as_far, all[1] + count];
        rest.swap(0, k);
    }
    all
}

impl RankCorrelation {
    /// Below 0, above 0, or not told apart from it at 5 %: by the p-value where there is one, else by the interval.
    pub(super) fn sign(&self) -> Option<std::cmp::Ordering> {
        let apart = match (self.p, self.interval) {
            (Some(p), _) => p < 0.05,
            (None, Some((low, high))) => low > 0.0 || high < 0.0,
            (None, None) => false,
        };
        self.rho.partial_cmp(&0.0).filter(|_| apart)
    }
    /// What it rests on, in words.
    pub(super) fn certainty(&self) -> String {
        match (self.p, self.interval) {
            (Some(p), _) if p < 1e-3 => "p < 0.001, over all orders".into(),
            (Some(p), _) => format!("p = {p:.3}, over all orders"),
            (None, Some((low, high))) => format!("95\u{a0}% {low:.2} to {high:.2}"),
            (None, None) => "too few for an interval".into(),
        }
    }
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
/// Up to nine points the p-value is exact: of all n! orders of one side, the share whose |ρ| is at least as large (four points in one order: 2/24, which says nothing at 5 %). The interval of
/// more points is tanh(atanh ρ ± 1.96 · √((1 + ρ²/2) / (n − 3))); at |ρ| = 1 it would have no width, so the p-value stands there, 2/n! without ties.
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
    let half = (n > FEW && rho.abs() < 1.0)
        .then(|| super::paired::NORMAL * ((1.0 + rho * rho / 2.0) / (n as f64 - 3.0)).sqrt());
    let interval = half.map(|half| ((rho.atanh() - half).tanh(), (rho.atanh() + half).tanh()));
    let p = if n <= FEW {
        let middle = n as f64 * mean * mean;
        // Sums of products of ranks are multiples of 1/4.
        let far = (rho * scale).abs() - 0.125;
        let [as_far, all] = orders(&a, &mut b.clone(), 0.0, middle, far);
        Some(as_far as f64 / all as f64)
    } else if rho.abs() == 1.0 {
        // Both directions; equal values may change places.
        let same = |v: &f64| (1..=b.iter().filter(|w| *w == v).count()).map(|k| k as f64).product::<f64>();
        let mut each = b.clone();
        each.sort_by(f64::total_cmp);
        each.dedup();
        let orders: f64 = (1..=n).map(|k| k as f64).product();
        Some(2.0 * each.iter().map(same).product::<f64>() / orders)
    } else {
        None
    };
    Some(RankCorrelation { n, rho, p, interval })
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

    /// Points whose second side is in this order.
    fn ordered(order: &[usize]) -> RankCorrelation {
        let points: Vec<(f64, f64)> = order.iter().enumerate().map(|(i, &k)| (i as f64, k as f64)).collect();
        rank_correlation(&points).unwrap()
    }

    #[test]
    fn few_points_are_counted_over_all_orders() {
        // One order of 24, or its reverse: 0.083, nothing at 5 %, however straight.
        let four = ordered(&[0, 1, 2, 3]);
        assert_eq!((four.rho, four.p, four.interval, four.sign()), (1.0, Some(2.0 / 24.0), None, None));
        let five = ordered(&[4, 3, 2, 1, 0]);
        assert_eq!((five.p, five.sign()), (Some(2.0 / 120.0), Some(std::cmp::Ordering::Less)));
        // The tables' critical value of seven points, two-sided 5 %, is 0.786 (Zar 1972): a sum of d² of 12; the next one is 14.
        for (order, inside) in [
            (&[1, 0, 3, 2, 4, 6, 5][..], true),
            (&[2, 1, 0, 4, 3, 6, 5], true),
            (&[2, 0, 1, 3, 6, 5, 4], false),
        ] {
            let found = ordered(order);
            assert_eq!(found.rho >= 0.785, inside, "{order:?}: {found:?}");
            assert_eq!(found.sign().is_some(), inside, "{order:?}: {found:?}");
        }
        // Ties: 0, 0, 1, 1 against 0, 0, 1, 1 are in order in 4 of 24 orders, and reversed in 4.
        let tied = rank_correlation(&[(0.0, 0.0), (0.0, 0.0), (1.0, 1.0), (1.0, 1.0)]).unwrap();
        assert_eq!((tied.rho, tied.p), (1.0, Some(8.0 / 24.0)));
        // Of many points in one order the interval would have no width.
        let twelve = ordered(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!((twelve.interval, twelve.sign()), (None, Some(std::cmp::Ordering::Greater)));
        assert!((twelve.p.unwrap() - 2.0 / 479_001_600.0).abs() < 1e-15);
    }

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        let fell = rank_correlation(&[(0.0, 2.0), (1.0, 1.0), (2.0, 0.0)]).unwrap();
        assert_eq!((fell.rho, fell.p, fell.interval), (-1.0, Some(2.0 / 6.0), None));
        assert_eq!(rank_correlation(&[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0)]), None);
        assert_eq!(rank_correlation(&[(0.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(rank_correlation(&[(0.0, 1.0), (1.0, f64::NAN), (2.0, 1.0)]), None);
    }
}
