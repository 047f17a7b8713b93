//! How well rows are reconstructed, and the baseline that knows nothing.

/// Mean squared error (1/len) Σ (aᵢ − bᵢ)² over all elements, summed in `f64`; NaN for empty slices.
///
/// # Panics
/// If the two slices differ in length.
///
/// ```
/// assert_eq!(sparring_metrics::mse(&[0.0, 1.0], &[0.0, 3.0]), 2.0);
/// ```
#[track_caller]
pub fn mse(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len(), "mse: {} elements against {}", a.len(), b.len());
    let sum: f64 = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    sum / a.len() as f64
}

/// Peak signal-to-noise ratio 10·log₁₀(peak² / mse) in decibels of an error `mse` on a scale that reaches to `peak`.
///
/// Infinite for a perfect reconstruction.
///
/// ```
/// assert_eq!(sparring_metrics::psnr(0.01, 1.0), 20.0);
/// ```
pub fn psnr(mse: f64, peak: f64) -> f64 {
    10.0 * (peak * peak / mse).log10()
}

/// Share of the variance that a reconstruction leaves unexplained: its `mse` over that of the mean image.
///
/// 0 is perfect; 1 or more means that the model has learnt no more than a constant picture.
///
/// ```
/// assert_eq!(sparring_metrics::unexplained(0.0125, 0.05), 0.25);
/// ```
pub fn unexplained(mse: f64, mean_image_mse: f64) -> f64 {
    mse / mean_image_mse
}

/// Share of the variance that a reconstruction explains, 1 − `mse` / `mean_image_mse`: 1 is perfect, 0 or less no better than a constant
/// picture.
///
/// ```
/// assert_eq!(sparring_metrics::explained_variance(0.0125, 0.05), 0.75);
/// ```
pub fn explained_variance(mse: f64, mean_image_mse: f64) -> f64 {
    1.0 - unexplained(mse, mean_image_mse)
}

/// Mean row of `rows`, averaged in `f64`; NaN elements for no rows.
///
/// # Shapes
/// `rows` [n, dim] -> `[dim]`
///
/// # Panics
/// If `rows` is not a whole number of rows.
///
/// ```
/// assert_eq!(sparring_metrics::mean_image(&[0.0, 1.0, 2.0, 5.0], 2), [1.0, 3.0]);
/// ```
#[track_caller]
pub fn mean_image(rows: &[f32], dim: usize) -> Vec<f64> {
    assert!(
        dim > 0 && rows.len().is_multiple_of(dim),
        "mean_image: {} elements are not rows of {dim}",
        rows.len()
    );
    let mut mean = vec![0.0; dim];
    for row in rows.chunks_exact(dim) {
        for (m, &x) in mean.iter_mut().zip(row) {
            *m += f64::from(x);
        }
    }
    let n = (rows.len() / dim) as f64;
    mean.iter_mut().for_each(|m| *m /= n);
    mean
}

/// MSE on `test` of answering every row with the mean row of `train`: what an autoencoder that learnt nothing reaches.
///
/// # Shapes
/// `train` [n, dim], `test` [m, dim]
///
/// # Panics
/// If either slice is not a whole number of rows.
///
/// ```
/// assert_eq!(sparring_metrics::mean_image_mse(&[0.0, 2.0], &[1.0, 3.0], 1), 2.0);
/// ```
#[track_caller]
pub fn mean_image_mse(train: &[f32], test: &[f32], dim: usize) -> f64 {
    let mean = mean_image(train, dim);
    assert!(
        test.len().is_multiple_of(dim),
        "mean_image_mse: {} test elements are not rows of {dim}",
        test.len()
    );
    let sum: f64 = test
        .chunks_exact(dim)
        .map(|row| row.iter().zip(&mean).map(|(&x, m)| (f64::from(x) - m).powi(2)).sum::<f64>())
        .sum();
    sum / test.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ends() {
        assert!(mse(&[], &[]).is_nan());
        assert_eq!(psnr(0.0, 1.0), f64::INFINITY);
        assert!((psnr(0.01683, 1.0) - 17.74).abs() < 0.01);
    }

    #[test]
    #[should_panic(expected = "5 elements are not rows of 2")]
    fn ragged_rows_are_named() {
        mean_image(&[0.0; 5], 2);
    }

    proptest! {
        #[test]
        fn the_mean_is_the_best_constant(rows in prop::collection::vec(-5.0f32..5.0, 3..60), shift in -1.0f32..1.0) {
            let rows = &rows[..rows.len() / 3 * 3];
            let mean: Vec<f32> = mean_image(rows, 3).iter().map(|&m| m as f32).collect();
            let constant = |delta: f32| -> Vec<f32> {
                rows.chunks_exact(3).flat_map(|_| mean.iter().map(move |m| m + delta)).collect()
            };
            let best = mean_image_mse(rows, rows, 3);
            prop_assert!((mse(rows, &constant(0.0)) - best).abs() < 1e-5);
            prop_assert!(mse(rows, &constant(shift)) >= best - 1e-5);
        }
    }
}
