//! Can a score tell two groups apart?

/// Area under the ROC curve: the chance that a random positive scores above a random negative, ties counting one half.
///
/// 0.5 is guessing, 1 a perfect separation, 0 a perfect separation upside down. `None` if either group is empty or a
/// score is NaN.
///
/// Source: Hanley and McNeil, The meaning and use of the area under a ROC curve, Radiology 143 (1982).
///
/// ```
/// assert_eq!(sparring_metrics::auroc(&[3.0, 2.0], &[1.0, 2.0]), Some(0.875));
/// ```
pub fn auroc<S: Copy + Into<f64>>(positives: &[S], negatives: &[S]) -> Option<f64> {
    if positives.is_empty() || negatives.is_empty() {
        return None;
    }
    if positives.iter().chain(negatives).any(|&s| s.into().is_nan()) {
        return None;
    }
    let mut sorted: Vec<f64> = negatives.iter().map(|&s| s.into()).collect();
    sorted.sort_by(f64::total_cmp);
    // Twice the wins plus the ties: an integer, so the order of addition cannot matter.
    let twice: u128 = positives
        .iter()
        .map(|&p| {
            let p = p.into();
            let below = sorted.partition_point(|&n| n < p);
            let upto = sorted.partition_point(|&n| n <= p);
            (below + upto) as u128
        })
        .sum();
    Some(twice as f64 / (2.0 * positives.len() as f64 * negatives.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ends() {
        assert_eq!(auroc(&[2.0, 3.0], &[0.0, 1.0]), Some(1.0));
        assert_eq!(auroc(&[0.0], &[1.0]), Some(0.0));
        assert_eq!(auroc(&[1.0; 5], &[1.0; 3]), Some(0.5));
        assert_eq!(auroc(&[0.0], &[-0.0]), Some(0.5));
        assert_eq!(auroc(&[], &[1.0]), None);
        assert_eq!(auroc(&[f32::NAN], &[1.0f32]), None);
    }

    proptest! {
        #[test]
        fn equals_counting_pairs(p in prop::collection::vec(-4i8..4, 1..30), n in prop::collection::vec(-4i8..4, 1..30)) {
            let pairs: f64 = p.iter().flat_map(|a| n.iter().map(move |b| match a.cmp(b) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            })).sum();
            let float = |v: &[i8]| v.iter().map(|&s| f32::from(s)).collect::<Vec<_>>();
            let got = auroc(&float(&p), &float(&n)).unwrap();
            prop_assert!((got - pairs / (p.len() * n.len()) as f64).abs() < 1e-12);
        }
    }
}
