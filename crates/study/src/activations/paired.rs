//! Differences of pairs, and how sure they are.

/// The mean of differences, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Pairs.
    pub n: usize,
    /// Mean difference.
    pub mean: f64,
    /// mean ± t(0.975, n − 1) · s / √n, s the standard deviation of the differences; at least mean ± 1.96 √v where the variance v over samples of images is known
    /// ([`over_images`](Self::over_images)). `None` of a single pair.
    pub interval: Option<(f64, f64)>,
}

/// The 97.5 % quantile of the normal distribution.
pub(super) const NORMAL: f64 = 1.959_963_985;

/// Student's t, two-sided 95 %, for 1 to 30 degrees of freedom.
///
/// Source: any table of the distribution; the test integrates its density.
const T: [f64; 30] = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604,
    2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555,
    2.0518, 2.0484, 2.0452, 2.0423,
];

/// The 97.5 % quantile of Student's t with `df` degrees of freedom: from a table to 30, above by Cornish-Fisher's expansion from that of the normal
/// distribution (error below 1e-4).
pub(super) fn t_quantile(df: usize) -> f64 {
    match df {
        0 => f64::INFINITY,
        1..=30 => T[df - 1],
        _ => {
            let (z, v) = (NORMAL, df as f64);
            let (z3, z5) = (z.powi(3), z.powi(5));
            z + (z3 + z) / (4.0 * v) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v)
        }
    }
}

/// The mean difference of `pairs` (`a − b` each) with its 95 % interval by Student's t: paired, so what the two of a pair have in common (their seed)
/// drops out. `None` of nothing.
///
/// With two pairs the interval is 12.7 standard errors to each side, with three 4.3: few seeds say little, and the interval says so. It takes the differences as
/// drawn from a normal distribution.
///
/// ```
/// // Differences 1, 2, 3: mean 2, s = 1, t(2) = 4.3027.
/// let found = sparring_study::paired(&[(2.0, 1.0), (4.0, 2.0), (6.0, 3.0)]).unwrap();
/// let (low, high) = found.interval.unwrap();
/// assert!((found.mean - 2.0).abs() < 1e-12 && (high - (2.0 + 4.3027 / 3f64.sqrt())).abs() < 1e-12 && low < 0.0);
/// ```
pub fn paired(pairs: &[(f64, f64)]) -> Option<Paired> {
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).collect();
    let (mean, deviation) = crate::table::spread(&differences)?;
    let n = differences.len();
    let half = |s: f64| t_quantile(n - 1) * s / (n as f64).sqrt();
    Some(Paired { n, mean, interval: deviation.map(half).map(|half| (mean - half, mean + half)) })
}

impl Paired {
    /// With the variance of the mean over samples of test images. Seeds that all look at the same images agree on what is peculiar to these, so their spread does not contain it: half of the
    /// interval becomes at least 1.96 √v.
    ///
    /// ```
    /// // Three seeds that agree to the last image: over seeds alone the interval has no width.
    /// let found = sparring_study::paired(&[(0.5, 0.42), (0.5, 0.42), (0.5, 0.42)]).unwrap();
    /// let (low, high) = found.over_images(0.01).interval.unwrap();
    /// assert!((high - low - 2.0 * 1.96 * 0.1).abs() < 1e-4 && low < 0.0);
    /// ```
    #[must_use]
    pub fn over_images(self, variance: f64) -> Self {
        let floor = NORMAL * variance.sqrt();
        let wider = |(low, high): (f64, f64)| {
            let half = floor.max((high - low) / 2.0);
            if half > floor { (low, high) } else { (self.mean - half, self.mean + half) }
        };
        Self { interval: self.interval.map(wider), ..self }
    }
    /// Without what no such figure can be: the interval cut to [low, high].
    #[must_use]
    pub(super) fn within(self, (low, high): (f64, f64)) -> Self {
        Self { interval: self.interval.map(|(a, b)| (a.clamp(low, high), b.clamp(low, high))), ..self }
    }
    /// The interval of one mean: differences to zero.
    pub fn of_values(values: &[f64]) -> Option<Self> {
        paired(&values.iter().map(|&v| (v, 0.0)).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(|T| <= t) by Simpson's rule on the density, with Γ((v+1)/2)/Γ(v/2) by its recurrence from Γ(1)/Γ(1/2) and Γ(3/2)/Γ(1).
    fn within(t: f64, v: usize) -> f64 {
        let root = std::f64::consts::PI.sqrt();
        let mut ratio = if v % 2 == 1 { 1.0 / root } else { root / 2.0 };
        let mut k = if v % 2 == 1 { 1 } else { 2 };
        while k < v {
            ratio *= (k + 1) as f64 / k as f64;
            k += 2;
        }
        let df = v as f64;
        let density =
            |x: f64| ratio / (df * std::f64::consts::PI).sqrt() * (1.0 + x * x / df).powf(-(df + 1.0) / 2.0);
        let (n, h) = (20_000, t / 20_000.0);
        let weight = |i: usize| if i == 0 || i == n { 1.0 } else { 2.0 + 2.0 * (i % 2) as f64 };
        2.0 * h / 3.0 * (0..=n).map(|i| weight(i) * density(i as f64 * h)).sum::<f64>()
    }

    #[test]
    fn quantiles_hold_95_percent() {
        for df in (1..=40).chain([100, 1000]) {
            let inside = within(t_quantile(df), df);
            assert!((inside - 0.95).abs() < 1e-5, "{df}: {inside}");
        }
    }

    #[test]
    fn what_a_pair_has_in_common_drops_out() {
        // Seeds that differ by 10 to 30, one side always 0.5 above the other: no spread is left.
        let found = paired(&[(10.5, 10.0), (20.5, 20.0), (30.5, 30.0)]).unwrap();
        assert_eq!((found.n, found.mean, found.interval), (3, 0.5, Some((0.5, 0.5))));
        assert_eq!(paired(&[(1.0, 0.0)]).unwrap().interval, None);
        assert_eq!(paired(&[]), None);
    }
}
