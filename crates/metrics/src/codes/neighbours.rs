//! Do codes of one class lie together?

use crate::MetricsError;
use crate::pairs::{for_each_pair, square};
use crate::rows::{at_least, check_labels, count};

/// Accuracy on `test` codes of the vote of the `k` nearest `train` codes: of equally near ones the first counts, of equally many votes
/// the smallest class.
///
/// # Shapes
/// `train` [n, dim] with `train_labels` `[n]`, `test` [m, dim] with `test_labels` `[m]`; labels below `classes`
///
/// # Errors
/// k = 0, fewer than k codes to train by, no code to test by, a broken last row, a NaN, labels that do not fit.
///
/// Source: Cover and Hart, IEEE Trans. Inf. Theory 13 (1967).
///
/// ```
/// let (train, test) = ([0.0, 1.0, 10.0, 11.0], [0.4, 10.4, 3.0]);
/// let accuracy = sparring_metrics::neighbour_accuracy(&train, &[0, 0, 1, 1], &test, &[0, 1, 1], 1, 2, 1)?;
/// assert_eq!(accuracy, 2.0 / 3.0);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
pub fn neighbour_accuracy(
    train: &[f32],
    train_labels: &[usize],
    test: &[f32],
    test_labels: &[usize],
    dim: usize,
    classes: usize,
    k: usize,
) -> Result<f64, MetricsError> {
    if k == 0 {
        return Err(MetricsError::Range { what: "k", must: "at least 1" });
    }
    let n = at_least("codes to train by", train, dim, k)?;
    let m = count(test, dim)?;
    check_labels(train_labels, n, classes)?;
    check_labels(test_labels, m, classes)?;
    // [m, k], nearest first.
    let mut nearest = vec![(f64::INFINITY, 0); m * k];
    for_each_pair(test, train, dim, square, |i, start, values| {
        let kept = &mut nearest[i * k..(i + 1) * k];
        for (j, &d) in values.iter().enumerate() {
            if d < kept[k - 1].0 {
                let at = kept.partition_point(|&(other, _)| other <= d);
                kept[at..].rotate_right(1);
                kept[at] = (d, train_labels[start + j]);
            }
        }
    });
    let mut votes = vec![0usize; classes];
    let right = nearest.chunks_exact(k).zip(test_labels).filter(|(kept, label)| {
        votes.fill(0);
        kept.iter().for_each(|&(_, class)| votes[class] += 1);
        let most = votes.iter().max().copied();
        votes.iter().position(|&v| Some(v) == most) == Some(**label)
    });
    Ok(right.count() as f64 / m as f64)
}
