//! What a study knows of one net beside the figures of its training and of its attacks.

use serde::{Deserialize, Serialize};

/// Figures of one finished net; no times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetFigures {
    /// Largest |f''| of its activation; `None` where it is unbounded or learnt.
    pub curvature: Option<f64>,
    /// Whether f' is continuous.
    pub smooth: bool,
    /// Whether f is bounded on both sides: it saturates.
    pub bounded: bool,
    /// Fraction right on test images with Gaussian noise; `None` where the examples are no images.
    pub noise: Option<f64>,
    /// Fraction of the hidden units with f' = 0 for every test image; a channel of a convolution is a unit, dead at all its places.
    pub dead: f64,
    /// Norms of the gradient at the weights of each layer, from the input on.
    pub gradients: Vec<LayerGradient>,
    /// What AutoAttack left of some test images.
    pub suite: SuiteFigures,
    /// The checks that the evaluations raised, each once.
    pub doubts: Vec<Doubt>,
}

/// The gradient of the mean cross-entropy at the weights of one layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerGradient {
    /// The layer.
    pub layer: String,
    /// Its Euclidean norm before the first step.
    pub start: f64,
    /// And after the training.
    pub end: f64,
}

/// The standard suite, and accuracy against the budget, on the same images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuiteFigures {
    /// Images.
    pub n: usize,
    /// Fraction right without attack.
    pub clean: f64,
    /// Fraction right under every attack of the suite.
    pub accuracy: f64,
    /// `(eps, fraction right)` under the attack of the curve, rising from 0 to the budget of the suite.
    pub curve: Vec<(f64, f64)>,
}

/// A check that was raised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// Its name in reports.
    pub check: String,
    /// What was seen.
    pub why: String,
}

impl SuiteFigures {
    /// Fraction right at the full budget under the attack of the curve, PGD.
    pub fn pgd(&self) -> Option<f64> {
        self.curve.last().map(|point| point.1)
    }
    /// Mean of the curve over the budgets, by trapezoids: the area under it, divided by the largest budget.
    pub fn curve_mean(&self) -> Option<f64> {
        let (first, last) = (self.curve.first()?.0, self.curve.last()?.0);
        let area: f64 = self.curve.windows(2).map(|p| (p[1].0 - p[0].0) * (p[0].1 + p[1].1) / 2.0).sum();
        (last > first).then(|| area / (last - first))
    }
}
