//! All figures of a classifier.

use super::calibration::calibration_error;
use super::class_score::{ClassScore, MacroScore};
use super::confusion::{Confusion, confusion};
use super::outputs::Outputs;
use crate::{MetricsError, auroc};

/// Every usual figure of a classifier on some labelled examples.
///
/// ```
/// use sparring_metrics::ClassificationMetrics;
///
/// let logits = [2.0, 0.0, 0.0, 1.0, 3.0, 1.0]; // two classes, three examples
/// let of = ClassificationMetrics::from_logits(&logits, &[0, 1, 1], 2)?;
/// assert_eq!(of.accuracy(), 2.0 / 3.0);
/// assert_eq!(of.per_class[1].recall, Some(0.5));
/// assert_eq!(of.top_k(2), 1.0);
/// # Ok::<(), sparring_metrics::MetricsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ClassificationMetrics {
    /// Mean cross-entropy −ln p_label, in nats; infinite where probabilities were given and that of a label is 0.
    pub loss: f64,
    /// Counts of (true class, predicted class) pairs; of equal outputs the first is the prediction.
    pub confusion: Confusion,
    /// The figures of each class.
    pub per_class: Vec<ClassScore>,
    /// Their means over the classes that have examples.
    pub macros: MacroScore,
    /// Matthews correlation coefficient, [`Confusion::mcc`].
    pub mcc: f64,
    /// Expected calibration error over [`ClassificationMetrics::BINS`] bins of equal width, [`calibration_error`].
    pub ece: f64,
    /// Brier score: mean over the examples of Σ_c (p_c − \[c = label\])², in [0, 2] (not halved).
    pub brier: f64,
    /// Examples whose label has so many classes before it, by rank from 0.
    ranks: Vec<usize>,
}

impl ClassificationMetrics {
    /// Bins of the calibration error.
    pub const BINS: usize = 15;

    /// From logits: probabilities are their softmax, computed in f64.
    ///
    /// # Shapes
    /// `logits` [n, classes], `labels` `[n]`
    ///
    /// # Errors
    /// Without examples, sizes that do not belong together, a label that is no class, a logit that is NaN or infinite.
    pub fn from_logits(logits: &[f32], labels: &[usize], classes: usize) -> Result<Self, MetricsError> {
        Self::of(&Outputs::of_logits(logits, labels, classes)?, labels, classes)
    }

    /// From probabilities.
    ///
    /// # Shapes
    /// `probabilities` [n, classes], `labels` `[n]`
    ///
    /// # Errors
    /// As [`ClassificationMetrics::from_logits`], and a row that is negative somewhere or does not sum to 1 within 0.001.
    pub fn from_probabilities(
        probabilities: &[f32],
        labels: &[usize],
        classes: usize,
    ) -> Result<Self, MetricsError> {
        Self::of(&Outputs::of_probabilities(probabilities, labels, classes)?, labels, classes)
    }

    fn of(outputs: &Outputs<'_>, labels: &[usize], classes: usize) -> Result<Self, MetricsError> {
        let (n, mut ranks, mut brier) = (labels.len(), vec![0; classes], 0.0);
        let (mut predicted, mut confidences) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for ((raw, p), &label) in
            outputs.raw.chunks_exact(classes).zip(outputs.probabilities.chunks_exact(classes)).zip(labels)
        {
            // Classes with a larger output, and equal ones that come first.
            let before = |c: usize| {
                raw.iter().enumerate().filter(|&(other, &v)| v > raw[c] || (v == raw[c] && other < c)).count()
            };
            let first = (0..classes).fold(0, |best, c| if raw[c] > raw[best] { c } else { best });
            ranks[before(label)] += 1;
            predicted.push(first);
            confidences.push(p[first]);
            brier +=
                p.iter().enumerate().map(|(c, p)| (p - f64::from(u8::from(c == label))).powi(2)).sum::<f64>();
        }
        let confusion = confusion(&predicted, labels, classes);
        let right: Vec<bool> = predicted.iter().zip(labels).map(|(p, l)| p == l).collect();
        let per_class: Vec<_> = (0..classes)
            .map(|c| ClassScore::of(c, &confusion, one_against_others(outputs, labels, classes, c)))
            .collect();
        Ok(Self {
            loss: outputs.losses.iter().sum::<f64>() / n as f64,
            macros: MacroScore::of(&per_class).ok_or(MetricsError::Empty)?,
            per_class,
            mcc: confusion.mcc(),
            confusion,
            ece: calibration_error(&confidences, &right, Self::BINS),
            brier: brier / n as f64,
            ranks,
        })
    }

    /// Number of examples.
    pub fn examples(&self) -> usize {
        self.ranks.iter().sum()
    }

    /// Share of the examples whose largest output is that of their label.
    pub fn accuracy(&self) -> f64 {
        self.top_k(1)
    }

    /// Share of the examples whose label is among the `k` largest outputs; of equal outputs the first class ranks higher. 1 for
    /// `k` not below the number of classes.
    pub fn top_k(&self, k: usize) -> f64 {
        self.ranks.iter().take(k).sum::<usize>() as f64 / self.examples() as f64
    }
}

fn one_against_others(outputs: &Outputs<'_>, labels: &[usize], classes: usize, class: usize) -> Option<f64> {
    let scores = outputs.probabilities.iter().skip(class).step_by(classes).copied();
    let (own, others): (Vec<_>, Vec<_>) = scores.zip(labels).partition(|&(_, &label)| label == class);
    let scores = |of: Vec<(f64, &usize)>| of.into_iter().map(|(score, _)| score).collect::<Vec<_>>();
    auroc(&scores(own), &scores(others))
}
