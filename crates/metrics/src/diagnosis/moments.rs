//! Moments of many numbers that come in parts.

use super::sum::sum_of;

/// Count, mean and central moments of the finite numbers that were given, and how many were not finite.
///
/// Parts are summed in two passes and merged by Pébay's formulas, in `f64` and in the order in which they come: equal parts give equal bits.
///
/// Source: Pébay 2008, Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments, SAND2008-6212.
///
/// ```
/// use sparring_metrics::RunningMoments;
/// let mut of = RunningMoments::default();
/// of.push(&[1.0, 2.0]);
/// of.push(&[3.0, 0.0, f32::NAN]);
/// assert_eq!((of.mean(), of.zeros, of.nan), (1.5, 1, 1));
/// assert!((of.std().powi(2) - 1.25).abs() < 1e-14);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RunningMoments {
    /// Finite numbers.
    pub count: u64,
    /// Numbers that are exactly 0, of either sign.
    pub zeros: u64,
    /// NaNs.
    pub nan: u64,
    /// Infinities of either sign.
    pub inf: u64,
    mean: f64,
    /// Σ (x − mean)².
    second: f64,
    /// Σ (x − mean)³.
    third: f64,
}

/// Σ f(v) over the finite numbers.
fn sum(x: &[f32], f: impl Fn(f64) -> f64) -> f64 {
    sum_of(x, |v| if v.is_finite() { f(f64::from(v)) } else { 0.0 })
}

impl RunningMoments {
    /// Takes more numbers.
    pub fn push(&mut self, x: &[f32]) {
        let count = |of: fn(f32) -> bool| x.iter().filter(|v| of(**v)).count() as u64;
        let mut part = Self { count: count(f32::is_finite), zeros: count(|v| v == 0.0), ..Self::default() };
        if part.count < x.len() as u64 {
            (part.nan, part.inf) = (count(f32::is_nan), count(f32::is_infinite));
        }
        if part.count > 0 {
            let mean = sum(x, |v| v) / part.count as f64;
            part.mean = mean;
            part.second = sum(x, |v| (v - mean) * (v - mean));
            part.third = sum(x, |v| (v - mean) * (v - mean) * (v - mean));
        }
        self.merge(&part);
    }
    /// Takes the numbers of another.
    fn merge(&mut self, other: &Self) {
        let (a, b) = (self.count as f64, other.count as f64);
        let n = a + b;
        if b > 0.0 {
            let d = other.mean - self.mean;
            self.third += other.third
                + d * d * d * a * b * (a - b) / (n * n)
                + 3.0 * d * (a * other.second - b * self.second) / n;
            self.second += other.second + d * d * a * b / n;
            self.mean += d * b / n;
        }
        self.count += other.count;
        self.zeros += other.zeros;
        self.nan += other.nan;
        self.inf += other.inf;
    }
    /// The mean; 0 of no number.
    pub fn mean(&self) -> f64 {
        self.mean
    }
    /// The standard deviation √(Σ (x − mean)² / n); 0 of no number.
    pub fn std(&self) -> f64 {
        if self.count == 0 { 0.0 } else { (self.second / self.count as f64).sqrt() }
    }
    /// The skewness, mean of ((x − mean) / std)³; 0 where the standard deviation is.
    pub fn skew(&self) -> f64 {
        let cubed = self.std().powi(3);
        if cubed > 0.0 { self.third / self.count as f64 / cubed } else { 0.0 }
    }
    /// The mean square, mean² + std².
    pub fn mean_square(&self) -> f64 {
        self.mean * self.mean + self.std() * self.std()
    }
    /// √(mean square).
    pub fn rms(&self) -> f64 {
        self.mean_square().sqrt()
    }
    /// The Euclidean norm of the finite numbers, √(Σ x²).
    pub fn l2(&self) -> f64 {
        self.rms() * (self.count as f64).sqrt()
    }
    /// The fraction of finite numbers that are exactly 0.
    pub fn sparsity(&self) -> f64 {
        self.zeros as f64 / (self.count as f64).max(1.0)
    }
}
