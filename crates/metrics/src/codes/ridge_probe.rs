//! How much of the class can be read off a code by a linear map?

use crate::MetricsError;
use crate::decompose::{cholesky, solve_lower, solve_upper};
use crate::pca::covariance;
use crate::rows::{check_labels, count};

/// Ridge regression from codes to one-hot labels, in closed form: W = (XᵀX + αI)⁻¹ XᵀY of centred X and Y, the class with the largest
/// output is the answer.
///
/// Source: Hoerl and Kennard, Technometrics 12 (1970); as a probe, Alain and Bengio 2016 (arXiv:1610.01644).
#[derive(Debug, Clone, PartialEq)]
pub struct RidgeProbe {
    /// [classes, dim]
    weights: Vec<f64>,
    bias: Vec<f64>,
}

impl RidgeProbe {
    /// Fits the map; `alpha` (scikit-learn: 1) is added to the sums of squares of the codes, so it hangs on their scale and number.
    ///
    /// # Shapes
    /// `codes` [n, dim], `labels` `[n]`, each below `classes`
    ///
    /// # Errors
    /// No row, a broken last one, a NaN, labels that do not fit, an `alpha` below 0, or `alpha` 0 with dependent columns.
    ///
    /// ```
    /// use sparring_metrics::RidgeProbe;
    /// let probe = RidgeProbe::fit(&[0.0, 1.0, 4.0, 5.0], &[0, 0, 1, 1], 1, 2, 0.1)?;
    /// assert_eq!(probe.accuracy(&[-1.0, 6.0, 2.0], &[0, 1, 1])?, 2.0 / 3.0);
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn fit(
        codes: &[f32],
        labels: &[usize],
        dim: usize,
        classes: usize,
        alpha: f64,
    ) -> Result<Self, MetricsError> {
        let n = count(codes, dim)?;
        check_labels(labels, n, classes)?;
        if !(alpha >= 0.0 && alpha.is_finite()) {
            return Err(MetricsError::Range { what: "alpha", must: "at least 0" });
        }
        let (mean, covariance) = covariance(codes, dim);
        let mut gram: Vec<f64> = covariance.iter().map(|v| v * n as f64).collect();
        gram.iter_mut().step_by(dim + 1).for_each(|v| *v += alpha);
        let factor = cholesky(&gram, dim)?;
        // Centred X makes the mean of Y drop out of XᵀY.
        let mut weights = vec![0.0; classes * dim];
        let mut shares = vec![0.0; classes];
        for (row, &label) in codes.chunks_exact(dim).zip(labels) {
            shares[label] += 1.0 / n as f64;
            let of_class = weights[label * dim..(label + 1) * dim].iter_mut();
            of_class.zip(row.iter().zip(&mean)).for_each(|(w, (&x, m))| *w += f64::from(x) - m);
        }
        let mut bias = shares;
        for (weights, bias) in weights.chunks_exact_mut(dim).zip(&mut bias) {
            solve_lower(&factor, weights);
            solve_upper(&factor, weights);
            *bias -= weights.iter().zip(&mean).map(|(w, m)| w * m).sum::<f64>();
        }
        Ok(Self { weights, bias })
    }

    /// Outputs of the map; those of a row sum to 1.
    ///
    /// # Shapes
    /// `codes` [n, dim] -> [n, classes]
    ///
    /// # Errors
    /// No row, a broken last one, a NaN or infinity.
    pub fn scores(&self, codes: &[f32]) -> Result<Vec<f64>, MetricsError> {
        let dim = self.weights.len() / self.bias.len();
        let n = count(codes, dim)?;
        let mut scores = Vec::with_capacity(n * self.bias.len());
        for row in codes.chunks_exact(dim) {
            scores.extend(self.weights.chunks_exact(dim).zip(&self.bias).map(|(weights, bias)| {
                bias + weights.iter().zip(row).map(|(w, &x)| w * f64::from(x)).sum::<f64>()
            }));
        }
        Ok(scores)
    }

    /// Share of `codes` whose largest output is their label's; of equal outputs the first class counts.
    ///
    /// # Errors
    /// As [`RidgeProbe::scores`], or labels that do not fit.
    pub fn accuracy(&self, codes: &[f32], labels: &[usize]) -> Result<f64, MetricsError> {
        let classes = self.bias.len();
        let scores = self.scores(codes)?;
        check_labels(labels, scores.len() / classes, classes)?;
        let right = scores.chunks_exact(classes).zip(labels).filter(|(row, label)| {
            let best = (1..classes).fold(0, |best, c| if row[c] > row[best] { c } else { best });
            best == **label
        });
        Ok(right.count() as f64 / labels.len() as f64)
    }
}
