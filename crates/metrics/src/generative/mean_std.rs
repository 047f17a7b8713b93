//! A figure over several parts of the data.

/// Mean and standard deviation of a figure over splits or subsets; the deviation divides by their number, as numpy's `std` does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanStd {
    /// Mean over the parts.
    pub mean: f64,
    /// Standard deviation over the parts; 0 for one part.
    pub std: f64,
}

impl MeanStd {
    /// Of the values of the parts; NaN for none.
    ///
    /// ```
    /// let found = sparring_metrics::MeanStd::of(&[1.0, 3.0]);
    /// assert_eq!((found.mean, found.std), (2.0, 1.0));
    /// ```
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
        Self { mean, std: variance.sqrt() }
    }
}
