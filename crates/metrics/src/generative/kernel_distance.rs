//! Kernel distance: the unbiased squared maximum mean discrepancy of two sets of features.

use super::mean_std::MeanStd;
use crate::MetricsError;
use crate::pairs::{for_each_pair, product};
use crate::rows::at_least;

/// (x·y / dim + 1)³ of a scalar product.
fn kernel(product: f64, dim: usize) -> f64 {
    let base = product / dim as f64 + 1.0;
    base * base * base
}

/// Sum of the kernel over all pairs; with `own`, over pairs of different rows.
fn kernel_sum(a: &[f32], b: &[f32], dim: usize, own: bool) -> f64 {
    let mut sum = 0.0;
    for_each_pair(a, b, dim, product, |i, start, values| {
        for (j, &p) in values.iter().enumerate() {
            if !(own && start + j == i) {
                sum += kernel(p, dim);
            }
        }
    });
    sum
}

fn unbiased(a: &[f32], b: &[f32], dim: usize) -> f64 {
    let (n, m) = ((a.len() / dim) as f64, (b.len() / dim) as f64);
    let within = |x, n: f64| kernel_sum(x, x, dim, true) / (n * (n - 1.0));
    within(a, n) + within(b, m) - 2.0 * kernel_sum(a, b, dim, false) / (n * m)
}

/// Kernel distance (KID) of two whole sets, Σ_{i≠j} k(aᵢ, aⱼ) / n(n − 1) + Σ_{i≠j} k(bᵢ, bⱼ) / m(m − 1) − 2 Σ k(aᵢ, bⱼ) / nm with
/// k(x, y) = (x·y / dim + 1)³.
///
/// Unbiased: 0 in the mean for equal distributions, so it can be negative, and does not hang on the number of rows as the Fréchet
/// distance does. Costs (n + m)² dim.
///
/// # Shapes
/// `a` [n, dim], `b` [m, dim], at least two rows each
///
/// # Errors
/// Fewer rows, a broken last row, a NaN or infinity.
///
/// Source: Bińkowski et al. 2018 (arXiv:1801.01401), section 3; Gretton et al., JMLR 13 (2012), eq. 3.
///
/// ```
/// // Kernels: 1 within a, 8 within b, 1 across.
/// assert_eq!(sparring_metrics::kernel_distance(&[0.0, 0.0], &[1.0, 1.0], 1)?, 7.0);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn kernel_distance(a: &[f32], b: &[f32], dim: usize) -> Result<f64, MetricsError> {
    at_least("features of the first set", a, dim, 2)?;
    at_least("features of the second set", b, dim, 2)?;
    Ok(unbiased(a, b, dim))
}

/// [`kernel_distance`] of subsets: mean and standard deviation over them. Published figures take 100 subsets of 1,000 rows, drawn
/// without replacement.
///
/// # Shapes
/// `a` [n, dim], `b` [m, dim]; each subset names at least two rows of `a` and at least two of `b`
///
/// # Errors
/// As [`kernel_distance`], no subset, a subset of fewer than two rows or of rows that are not there.
pub fn kernel_distance_of_subsets(
    a: &[f32],
    b: &[f32],
    dim: usize,
    subsets: &[(Vec<usize>, Vec<usize>)],
) -> Result<MeanStd, MetricsError> {
    let n = at_least("features of the first set", a, dim, 2)?;
    let m = at_least("features of the second set", b, dim, 2)?;
    if subsets.is_empty() {
        return Err(MetricsError::TooFew { what: "subsets", rows: 0, least: 1 });
    }
    for (of_a, of_b) in subsets {
        for (subset, rows) in [(of_a, n), (of_b, m)] {
            if subset.len() < 2 {
                return Err(MetricsError::TooFew { what: "subset", rows: subset.len(), least: 2 });
            }
            if subset.iter().any(|&i| i >= rows) {
                return Err(MetricsError::Range { what: "rows of a subset", must: "rows of the set" });
            }
        }
    }
    let gathered = |rows: &[f32], subset: &[usize]| -> Vec<f32> {
        subset.iter().flat_map(|&i| rows[i * dim..(i + 1) * dim].iter().copied()).collect()
    };
    let values: Vec<f64> =
        subsets.iter().map(|(of_a, of_b)| unbiased(&gathered(a, of_a), &gathered(b, of_b), dim)).collect();
    Ok(MeanStd::of(&values))
}
