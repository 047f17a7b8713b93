//! Are generated samples where real ones are, and real ones where generated ones are?

use crate::MetricsError;
use crate::pairs::{for_each_pair, kth_nearest_squares, square};
use crate::rows::at_least;

/// Precision, recall, density and coverage, from balls around samples that reach to their k-th nearest neighbour.
///
/// Of one distribution twice, density and coverage are about 1; print that figure of real against real beside them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ManifoldOverlap {
    /// Share of generated samples within the ball of a real one.
    pub precision: f64,
    /// Share of real samples within the ball of a generated one.
    pub recall: f64,
    /// Real balls around a generated sample, over k; can be above 1.
    pub density: f64,
    /// Share of real samples whose ball holds a generated one.
    pub coverage: f64,
}

/// [`ManifoldOverlap`] of `generated` with `real`: balls reach to the `k`-th nearest neighbour in their own set, and what lies on
/// their rim is outside (strict <).
///
/// k is 5 in the `prdc` package, 3 in torch-fidelity. Costs (n + m)² dim and memory for (n + m) k numbers.
///
/// # Shapes
/// `real` [n, dim], `generated` [m, dim], each more than k rows
///
/// # Errors
/// k = 0, k rows or fewer, a broken last row, a NaN or infinity.
///
/// Source: Kynkäänniemi et al. 2019 (arXiv:1904.06991), eq. 1; Naeem et al. 2020 (arXiv:2002.09797), eq. 3 and 4.
///
/// ```
/// // Two of the three generated numbers lie among the real ones; the balls of 3 and 9 are missed.
/// let found = sparring_metrics::manifold_overlap(&[0.0, 1.0, 3.0, 9.0], &[0.5, 0.6, 30.0], 1, 1)?;
/// assert_eq!((found.precision, found.coverage), (2.0 / 3.0, 0.5));
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn manifold_overlap(
    real: &[f32],
    generated: &[f32],
    dim: usize,
    k: usize,
) -> Result<ManifoldOverlap, MetricsError> {
    if k == 0 {
        return Err(MetricsError::Range { what: "k", must: "at least 1" });
    }
    let n = at_least("real samples", real, dim, k.saturating_add(1))?;
    let m = at_least("generated samples", generated, dim, k.saturating_add(1))?;
    let real_balls = kth_nearest_squares(real, real, dim, k, true);
    let generated_balls = kth_nearest_squares(generated, generated, dim, k, true);
    let (mut recalled, mut covered) = (vec![false; n], vec![false; n]);
    // Real balls around each generated sample.
    let mut around = vec![0u64; m];
    for_each_pair(real, generated, dim, square, |i, start, values| {
        for (j, &d) in values.iter().enumerate() {
            let inside = d < real_balls[i];
            around[start + j] += u64::from(inside);
            covered[i] |= inside;
            recalled[i] |= d < generated_balls[start + j];
        }
    });
    let share = |hits: &[bool]| hits.iter().filter(|&&hit| hit).count() as f64 / hits.len() as f64;
    Ok(ManifoldOverlap {
        precision: around.iter().filter(|&&balls| balls > 0).count() as f64 / m as f64,
        recall: share(&recalled),
        density: around.iter().sum::<u64>() as f64 / (k as f64 * m as f64),
        coverage: share(&covered),
    })
}
