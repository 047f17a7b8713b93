//! Figures class by class, and their means.

use super::confusion::Confusion;

/// How well one class is told from the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassScore {
    /// Examples of the class.
    pub examples: usize,
    /// Share of the predictions of the class that were right; `None` if it was never predicted.
    pub precision: Option<f64>,
    /// Share of the examples of the class that were recognised; `None` if there were none.
    pub recall: Option<f64>,
    /// Harmonic mean of the two, [`Confusion::f1`]; `None` if the class neither occurs nor was predicted.
    pub f1: Option<f64>,
    /// Area under the ROC curve of the class's probability, its examples against all others, [`auroc`](crate::auroc); `None` if
    /// either side has none.
    pub auroc: Option<f64>,
}

impl ClassScore {
    pub(super) fn of(class: usize, confusion: &Confusion, auroc: Option<f64>) -> Self {
        Self {
            examples: (0..confusion.classes()).map(|p| confusion.count(class, p)).sum(),
            precision: confusion.precision(class),
            recall: confusion.recall(class),
            f1: confusion.f1(class),
            auroc,
        }
    }
}

/// Unweighted means over the classes.
///
/// **Classes without examples are left out**: nothing was measured of them. A class that has examples and was never predicted counts
/// with a precision of 0.
/// These are scikit-learn's means with `labels=np.unique(y_true), zero_division=0`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MacroScore {
    /// Classes that have examples.
    pub classes: usize,
    /// Mean precision.
    pub precision: f64,
    /// Mean recall, also called balanced accuracy.
    pub recall: f64,
    /// Mean F1, which is not the F1 of the means.
    pub f1: f64,
    /// Mean area under the ROC curve, one class against all others; `None` if all examples are of one class.
    pub auroc: Option<f64>,
}

impl MacroScore {
    /// The means; `None` if no class has examples.
    pub(super) fn of(scores: &[ClassScore]) -> Option<Self> {
        let there: Vec<_> = scores.iter().filter(|s| s.examples > 0).collect();
        let mean =
            |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        let of = |figure: fn(&ClassScore) -> Option<f64>| {
            mean(there.iter().map(|s| figure(s).unwrap_or(0.0)).collect())
        };
        Some(Self {
            classes: there.len(),
            precision: of(|s| s.precision)?,
            recall: of(|s| s.recall)?,
            f1: of(|s| s.f1)?,
            auroc: mean(there.iter().filter_map(|s| s.auroc).collect()),
        })
    }
}
