//! Are generated samples copies of the training set?

use crate::MetricsError;
use crate::pairs::kth_nearest_squares;
use crate::rows::count;

/// Euclidean distances of generated samples to the training set, beside those of test samples.
///
/// A generator that has learnt the distribution is about as far from the training set as the test set is; one that copies is nearer.
#[derive(Debug, Clone, PartialEq)]
pub struct Memorisation {
    generated: Vec<f64>,
    test: Vec<f64>,
}

/// [`Memorisation`] of `generated` samples. Costs (generated + test) x train distances.
///
/// # Shapes
/// `generated` [n, dim], `test` [m, dim], `train` [t, dim]
///
/// # Errors
/// An empty set, a broken last row, a NaN or infinity.
///
/// ```
/// let found = sparring_metrics::memorisation(&[0.0, 5.0, 9.0], &[1.0, 8.0, 5.0], &[0.0, 5.0, 9.0], 1)?;
/// assert_eq!((found.median_generated(), found.median_test()), (0.0, 1.0));
/// assert_eq!(found.share_below(0.9), 1.0);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn memorisation(
    generated: &[f32],
    test: &[f32],
    train: &[f32],
    dim: usize,
) -> Result<Memorisation, MetricsError> {
    for rows in [generated, test, train] {
        count(rows, dim)?;
    }
    let nearest = |rows: &[f32]| -> Vec<f64> {
        kth_nearest_squares(rows, train, dim, 1, false).into_iter().map(f64::sqrt).collect()
    };
    Memorisation::of_distances(nearest(generated), nearest(test))
}

impl Memorisation {
    /// From distances to the nearest training sample that were measured elsewhere, in any order.
    ///
    /// # Errors
    /// No distance of one of the two, or one that is no number.
    ///
    /// ```
    /// let found = sparring_metrics::Memorisation::of_distances(vec![2.0, 0.0], vec![4.0, 3.0])?;
    /// assert_eq!((found.median_generated(), found.share_below(0.0)), (1.0, 1.0));
    /// # Ok::<(), sparring_metrics::MetricsError>(())
    /// ```
    pub fn of_distances(mut generated: Vec<f64>, mut test: Vec<f64>) -> Result<Self, MetricsError> {
        for distances in [&mut generated, &mut test] {
            if distances.is_empty() {
                return Err(MetricsError::Empty);
            }
            if let Some(row) = distances.iter().position(|d| d.is_nan()) {
                return Err(MetricsError::NotFinite { row });
            }
            distances.sort_by(f64::total_cmp);
        }
        Ok(Self { generated, test })
    }
    /// Distance of each generated sample to its nearest training sample, ascending.
    pub fn generated(&self) -> &[f64] {
        &self.generated
    }

    /// Distance of each test sample to its nearest training sample, ascending.
    pub fn test(&self) -> &[f64] {
        &self.test
    }

    /// Median of [`Memorisation::generated`].
    pub fn median_generated(&self) -> f64 {
        quantile(&self.generated, 0.5)
    }

    /// Median of [`Memorisation::test`].
    pub fn median_test(&self) -> f64 {
        quantile(&self.test, 0.5)
    }

    /// Share of the generated samples that are nearer to the training set than the `q`-quantile of the test samples, 0 ≤ q ≤ 1: about
    /// q without memorisation, far more with it.
    ///
    /// # Panics
    /// If `q` is not in [0, 1].
    #[track_caller]
    pub fn share_below(&self, q: f64) -> f64 {
        assert!((0.0..=1.0).contains(&q), "share_below: quantile {q} is not in [0, 1]");
        let limit = quantile(&self.test, q);
        self.generated.partition_point(|&d| d < limit) as f64 / self.generated.len() as f64
    }
}

/// Linear between the two nearest of at least one value, as numpy's default.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let low = place as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64)
}
