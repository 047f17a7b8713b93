//! A place of the grid, and what was seen there.

use super::settings::NormalizedBy;
use serde::Serialize;
use sparring_activations::AnyActivation;
use sparring_nn::AnyInitScheme;

/// A network of the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DepthCell {
    /// The activation of all hidden layers.
    pub activation: AnyActivation,
    /// How the weights begin.
    pub init: AnyInitScheme,
    /// What stands before the activations.
    pub normalization: NormalizedBy,
}

/// Hidden units over a whole set of examples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct UnitCounts {
    /// Examples that were looked at.
    pub examples: usize,
    /// Hidden units.
    pub units: usize,
    /// Units whose derivative f' is 0 on every one of the examples: no gradient reaches their weights.
    pub dead: usize,
    /// Units whose |f'| is below 1e-6 on every one of them, the dead among them.
    pub frozen: usize,
    /// Share of pairs of unit and example with derivative 0: sparsity, which is not death.
    pub off: f64,
}

/// A training from the start.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Training {
    /// Limit of the gradient's norm.
    pub clip_norm: Option<f64>,
    /// Mean cross-entropy of the first batch before any step.
    pub loss_before: Option<f64>,
    /// Mean over the batches of the last ten steps; `None` where the loss stopped being finite.
    pub loss_after: Option<f64>,
    /// Of the test examples; `None` where the loss stopped being finite.
    pub accuracy: Option<f64>,
    /// Units after it.
    pub units: Option<UnitCounts>,
    /// Why it ended early.
    pub trouble: Option<String>,
}

/// What was seen of a network. Lists go by hidden layers, from the first on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DepthRow {
    /// The activation.
    pub activation: String,
    /// The initialisation.
    pub init: String,
    /// The normalisation.
    pub normalization: NormalizedBy,
    /// Root mean square of the pre-activations.
    pub signal: Vec<f64>,
    /// The same by mean-field theory from the measured first one and the weights' variances; none with a normalisation.
    pub predicted_signal: Option<Vec<f64>>,
    /// Root mean square of the gradient at the pre-activations.
    pub gradient: Vec<f64>,
    /// By the theory, from the measured last one.
    pub predicted_gradient: Option<Vec<f64>>,
    /// Units at the start, over the whole training set.
    pub units: Option<UnitCounts>,
    /// A training for each limit of the gradient's norm.
    pub trainings: Vec<Training>,
    /// Why there is no such network.
    pub refused: Option<String>,
}

impl DepthRow {
    /// Nothing yet.
    pub(super) fn of(cell: &DepthCell) -> Self {
        Self {
            activation: cell.activation.to_string(),
            init: cell.init.to_string(),
            normalization: cell.normalization,
            signal: Vec::new(),
            predicted_signal: None,
            gradient: Vec::new(),
            predicted_gradient: None,
            units: None,
            trainings: Vec::new(),
            refused: None,
        }
    }
    /// The gradient at the first hidden layer over that at the last; measured, and by the theory.
    pub fn ratios(&self) -> (Option<f64>, Option<f64>) {
        let ratio = |list: &[f64]| Some(list.first()? / list.last()?).filter(|r| r.is_finite());
        (ratio(&self.gradient), self.predicted_gradient.as_deref().and_then(ratio))
    }
}
