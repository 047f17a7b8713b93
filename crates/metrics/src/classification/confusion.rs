//! Which classes are taken for which.

/// Share of `predicted` that equals `labels`, in [0, 1]; NaN for no examples.
///
/// # Panics
/// If the two slices differ in length.
///
/// ```
/// assert_eq!(sparring_metrics::accuracy(&[1, 2, 3, 3], &[1, 2, 3, 4]), 0.75);
/// ```
#[track_caller]
pub fn accuracy(predicted: &[usize], labels: &[usize]) -> f64 {
    assert_eq!(
        predicted.len(),
        labels.len(),
        "accuracy: {} predictions for {} labels",
        predicted.len(),
        labels.len()
    );
    let right = predicted.iter().zip(labels).filter(|(p, l)| p == l).count();
    right as f64 / labels.len() as f64
}

/// Counts of (true class, predicted class) pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    classes: usize,
    counts: Vec<usize>,
}

/// Confusion matrix of `predicted` against `labels` over `classes` classes.
///
/// # Panics
/// If the two slices differ in length or hold a class that is not below `classes`.
///
/// ```
/// let m = sparring_metrics::confusion(&[0, 1, 1], &[0, 1, 0], 2);
/// assert_eq!(m.count(0, 1), 1); // one 0 was taken for a 1
/// assert_eq!(m.recall(0), Some(0.5));
/// ```
#[track_caller]
pub fn confusion(predicted: &[usize], labels: &[usize], classes: usize) -> Confusion {
    assert_eq!(
        predicted.len(),
        labels.len(),
        "confusion: {} predictions for {} labels",
        predicted.len(),
        labels.len()
    );
    let mut counts = vec![0; classes * classes];
    for (i, (&p, &l)) in predicted.iter().zip(labels).enumerate() {
        assert!(
            p < classes && l < classes,
            "confusion: example {i} has label {l} and prediction {p}, expected below {classes}"
        );
        counts[l * classes + p] += 1;
    }
    Confusion { classes, counts }
}

impl Confusion {
    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Examples of class `label` that were predicted as `predicted`.
    ///
    /// # Panics
    /// If either class is not below [`Confusion::classes`].
    #[track_caller]
    pub fn count(&self, label: usize, predicted: usize) -> usize {
        assert!(
            label < self.classes && predicted < self.classes,
            "count({label}, {predicted}): expected classes below {}",
            self.classes
        );
        self.counts[label * self.classes + predicted]
    }

    /// Share of all examples on the diagonal; NaN for no examples.
    pub fn accuracy(&self) -> f64 {
        let right: usize = (0..self.classes).map(|c| self.count(c, c)).sum();
        right as f64 / self.counts.iter().sum::<usize>() as f64
    }

    /// Share of the examples of `class` that were recognised; `None` if there were none.
    ///
    /// # Panics
    /// If `class` is not below [`Confusion::classes`].
    #[track_caller]
    pub fn recall(&self, class: usize) -> Option<f64> {
        let all = (0..self.classes).map(|p| self.count(class, p)).sum();
        share(self.count(class, class), all)
    }

    /// Share of the predictions of `class` that were right; `None` if it was never predicted.
    ///
    /// # Panics
    /// If `class` is not below [`Confusion::classes`].
    #[track_caller]
    pub fn precision(&self, class: usize) -> Option<f64> {
        let all = (0..self.classes).map(|l| self.count(l, class)).sum();
        share(self.count(class, class), all)
    }

    /// F1 = 2·TP / (2·TP + FP + FN) of `class`, the harmonic mean of precision and recall; `None` if it neither occurs nor was predicted.
    ///
    /// # Panics
    /// If `class` is not below [`Confusion::classes`].
    #[track_caller]
    pub fn f1(&self, class: usize) -> Option<f64> {
        let of_class = |i| self.count(class, i) + self.count(i, class);
        share(2 * self.count(class, class), (0..self.classes).map(of_class).sum())
    }

    /// Matthews correlation coefficient for any number of classes, in [-1, 1]: 1 is perfect, 0 no better than chance.
    ///
    /// (c·s − Σ_k p_k·t_k) / √((s² − Σ_k p_k²)(s² − Σ_k t_k²)) with s examples, c of them right, t_k of class k, p_k predicted as k.
    /// 0 if all examples, or all predictions, are of one class.
    ///
    /// Source: J. Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient, Computational Biology and
    /// Chemistry 28 (2004).
    pub fn mcc(&self) -> f64 {
        let all = |of: &dyn Fn(usize, usize) -> usize| -> Vec<f64> {
            (0..self.classes).map(|k| (0..self.classes).map(|i| of(k, i)).sum::<usize>() as f64).collect()
        };
        let (of_class, predicted) = (all(&|k, i| self.count(k, i)), all(&|k, i| self.count(i, k)));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let n: f64 = of_class.iter().sum();
        let right: f64 = (0..self.classes).map(|c| self.count(c, c) as f64).sum();
        let spread = (n * n - dot(&predicted, &predicted)) * (n * n - dot(&of_class, &of_class));
        if spread > 0.0 { (right * n - dot(&predicted, &of_class)) / spread.sqrt() } else { 0.0 }
    }

    /// The `most` most frequent mistakes as (label, predicted, count), most frequent first, then by class; zeros are left out.
    pub fn worst(&self, most: usize) -> Vec<(usize, usize, usize)> {
        let mut pairs: Vec<_> = (0..self.classes)
            .flat_map(|l| (0..self.classes).map(move |p| (l, p)))
            .filter(|(l, p)| l != p)
            .map(|(l, p)| (l, p, self.count(l, p)))
            .filter(|&(_, _, n)| n > 0)
            .collect();
        pairs.sort_by_key(|&(l, p, n)| (std::cmp::Reverse(n), l, p));
        pairs.truncate(most);
        pairs
    }
}

fn share(part: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_matrix() {
        let labels = [0, 0, 0, 1, 1, 2];
        let predicted = [0, 1, 1, 1, 0, 1];
        let m = confusion(&predicted, &labels, 4);
        assert_eq!((m.count(0, 0), m.count(0, 1), m.count(1, 0), m.count(2, 2)), (1, 2, 1, 0));
        assert_eq!((m.recall(0), m.recall(2), m.recall(3)), (Some(1.0 / 3.0), Some(0.0), None));
        assert_eq!((m.precision(1), m.precision(2)), (Some(0.25), None));
        assert_eq!((m.f1(1), m.f1(2), m.f1(3)), (Some(2.0 / 6.0), Some(0.0), None));
        assert_eq!(m.worst(2), [(0, 1, 2), (1, 0, 1)]);
    }

    #[test]
    fn nothing_measured_is_not_a_number() {
        assert!(accuracy(&[], &[]).is_nan());
        assert!(confusion(&[], &[], 3).accuracy().is_nan());
        assert_eq!(confusion(&[], &[], 3).mcc(), 0.0);
    }

    #[test]
    #[should_panic(expected = "example 1 has label 5 and prediction 0, expected below 3")]
    fn unknown_class_is_named() {
        confusion(&[0, 0], &[0, 5], 3);
    }

    proptest! {
        #[test]
        fn diagonal_is_accuracy(pairs in prop::collection::vec((0usize..6, 0usize..6), 1..200)) {
            let (predicted, labels): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let m = confusion(&predicted, &labels, 6);
            prop_assert_eq!(m.accuracy(), accuracy(&predicted, &labels));
            // Recall weighted by class size is accuracy as well.
            let weighted: f64 = (0..6)
                .filter_map(|c| m.recall(c).map(|r| r * labels.iter().filter(|&&l| l == c).count() as f64))
                .sum::<f64>() / labels.len() as f64;
            prop_assert!((weighted - m.accuracy()).abs() < 1e-12);
        }
    }
}
