//! Distances between samples: does a generator make different things, and are they copies?

/// Euclidean distance between two rows, summed in `f64`: in sums side by side, which a vector register holds.
fn distance(a: &[f32], b: &[f32]) -> f64 {
    const LANES: usize = 16;
    let square = |a: f32, b: f32| (f64::from(a) - f64::from(b)).powi(2);
    let ((heads, a), (others, b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in heads.iter().zip(others) {
        for j in 0..LANES {
            sums[j] += square(a[j], b[j]);
        }
    }
    let rest: f64 = a.iter().zip(b).map(|(&a, &b)| square(a, b)).sum();
    (sums.iter().sum::<f64>() + rest).sqrt()
}

#[track_caller]
fn check(name: &str, rows: &[f32], dim: usize) {
    assert!(
        dim > 0 && rows.len().is_multiple_of(dim),
        "{name}: {} elements are not rows of {dim}",
        rows.len()
    );
}

/// Mean Euclidean distance over all pairs of different rows; near 0 means that a generator has collapsed.
///
/// Costs n²/2 distances; NaN for fewer than two rows. Compare it with the same figure on real data.
///
/// # Shapes
/// `rows` [n, dim]
///
/// # Panics
/// If `rows` is not a whole number of rows.
///
/// ```
/// assert_eq!(sparring_metrics::mean_pairwise_distance(&[0.0, 0.0, 3.0, 4.0], 2), 5.0);
/// ```
#[track_caller]
pub fn mean_pairwise_distance(rows: &[f32], dim: usize) -> f64 {
    check("mean_pairwise_distance", rows, dim);
    let n = rows.len() / dim;
    let mut sum = 0.0;
    for (i, a) in rows.chunks_exact(dim).enumerate() {
        sum += rows.chunks_exact(dim).skip(i + 1).map(|b| distance(a, b)).sum::<f64>();
    }
    sum / (n * n.saturating_sub(1) / 2) as f64
}

/// For each row of `rows`, index of and Euclidean distance to the nearest row of `reference`; the first of equals wins.
///
/// A distance near 0 from a generated sample to the training set is a copy. Rows with NaN are never nearer than others;
/// an empty reference gives (0, infinity).
///
/// # Shapes
/// `rows` [n, dim], `reference` [m, dim] -> n pairs
///
/// # Panics
/// If either slice is not a whole number of rows.
///
/// ```
/// assert_eq!(sparring_metrics::nearest_distances(&[1.0], &[5.0, 2.0, 0.0], 1), [(1, 1.0)]);
/// ```
#[track_caller]
pub fn nearest_distances(rows: &[f32], reference: &[f32], dim: usize) -> Vec<(usize, f64)> {
    check("nearest_distances", rows, dim);
    check("nearest_distances: reference", reference, dim);
    rows.chunks_exact(dim)
        .map(|row| {
            reference
                .chunks_exact(dim)
                .map(|other| distance(row, other))
                .enumerate()
                .fold((0, f64::INFINITY), |best, (i, d)| if d < best.1 { (i, d) } else { best })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn collapse_is_zero_and_few_rows_are_nan() {
        assert_eq!(mean_pairwise_distance(&[0.5; 40], 4), 0.0);
        assert!(mean_pairwise_distance(&[0.5; 4], 4).is_nan());
        assert!(mean_pairwise_distance(&[], 4).is_nan());
    }

    #[test]
    fn corners_of_a_square() {
        let square = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
        let expected = (4.0 + 2.0 * 2f64.sqrt()) / 6.0;
        assert!((mean_pairwise_distance(&square, 2) - expected).abs() < 1e-15);
    }

    #[test]
    fn nothing_to_be_near_to() {
        assert_eq!(nearest_distances(&[1.0], &[], 1), [(0, f64::INFINITY)]);
        assert_eq!(nearest_distances(&[1.0], &[f32::NAN, 4.0], 1), [(1, 3.0)]);
    }

    proptest! {
        #[test]
        fn a_copy_is_found(rows in prop::collection::vec(-3.0f32..3.0, 4..80)) {
            let rows = &rows[..rows.len() / 4 * 4];
            for (i, (j, d)) in nearest_distances(rows, rows, 4).into_iter().enumerate() {
                prop_assert_eq!(d, 0.0);
                prop_assert_eq!(&rows[i * 4..i * 4 + 4], &rows[j * 4..j * 4 + 4]);
            }
        }
    }
}
