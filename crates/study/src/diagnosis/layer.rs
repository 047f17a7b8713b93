//! What is found of a layer.

use serde::{Deserialize, Serialize};
use sparring_metrics::{Histogram, RunningMoments};

/// What is found of an activation, or of a layer with weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerDiagnosis {
    /// The node's name, `3` or `conv1`.
    pub name: String,
    /// What it is: `linear`, `relu`.
    pub kind: String,
    /// Extents of its output for one example.
    pub shape: Vec<usize>,
    /// The numbers of its output.
    pub output: OutputFigures,
    /// √ mean over the examples of ‖∂L/∂y‖², the gradient of an example's own loss at the layer's output y.
    pub gradient_l2: f64,
    /// The root mean square of the numbers of those gradients.
    pub gradient_rms: f64,
    /// Of an activation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<ActivationFigures>,
    /// Of a layer with weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<WeightFigures>,
    /// What mean-field theory predicts for a layer behind an activation, beside what was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theory: Option<TheoryFigures>,
}

/// The numbers of a layer's output, over all examples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputFigures {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub std: f64,
    /// Skewness.
    pub skew: f64,
    /// Fraction of numbers that are exactly 0.
    pub sparsity: f64,
    /// [`effective_rank`](sparring_metrics::effective_rank) of the first rows; `None` where there is none, of outputs that are not finite.
    pub effective_rank: Option<f64>,
    /// The largest that it can be with so many rows and such an output.
    pub most_rank: usize,
    /// NaNs among the numbers; every other figure leaves them out.
    pub nan: u64,
    /// Infinities among them, left out too.
    pub inf: u64,
}

/// What is found of an activation: fractions of [`UnitFractions`](sparring_metrics::UnitFractions), and how the numbers are spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivationFigures {
    /// Channels (units of a vector) that are active at no position of any example: f' = 0.
    pub dead: f64,
    /// Positions of channels that are active on no example.
    pub dead_positions: f64,
    /// Channels with |f'| < 1e-6 at every position of every example.
    pub frozen: f64,
    /// Positions of channels with |f'| < 1e-6 on every example.
    pub frozen_positions: f64,
    /// Numbers with |f'| below a hundredth of the largest slope: of a ReLU those at or below 0.
    pub saturated: f64,
    /// Whether the function has a limit on both sides, so that saturation stops gradients both ways.
    pub bounded: bool,
    /// Mean square of the numbers before it, q of mean-field theory.
    pub q: f64,
    /// The numbers before it.
    pub before: Spread,
    /// The numbers behind it.
    pub after: Spread,
}

/// A histogram of 64 equal bins, as counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Where the first bin begins.
    pub low: f64,
    /// Where the last one ends.
    pub high: f64,
    /// Numbers in each bin.
    pub counts: Vec<u64>,
    /// Numbers below, and above.
    pub outside: [u64; 2],
}

/// What is found of the weight of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightFigures {
    /// Root mean square of its numbers.
    pub rms: f64,
    /// ‖∂L/∂W‖ of the mean loss over all examples.
    pub gradient_l2: f64,
    /// Root mean square of the numbers of that gradient.
    pub gradient_rms: f64,
    /// ‖W − W'‖ / ‖W'‖ for the weight W' before the last step of the epoch; known while a training is watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_ratio: Option<f64>,
    /// Largest singular value of the layer as a map of an example's numbers, by power iteration with the layer and its adjoint; of a convolution that of the whole map, borders
    /// included. A network that is watched is not asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spectral_norm: Option<f64>,
    /// What that singular value does not exceed ([`Layer::lipschitz_bound`](sparring_nn::Layer::lipschitz_bound)): power iterations come from below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spectral_bound: Option<f64>,
    /// NaNs and infinities in it.
    pub not_finite: u64,
}

/// One step of mean-field theory, from the mean square q of the numbers before an activation f, through f and the layer behind it, beside what was measured. Independent weights with
/// this mean square are assumed: true of a network at initialisation, less and less of one that has learnt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TheoryFigures {
    /// Predicted mean square of the layer's output: σ_w² E f(√q z)² + σ_b².
    pub q: f64,
    /// Measured.
    pub q_measured: f64,
    /// χ = σ_w² E f'(√q z)²: below 1 gradients vanish with depth, above 1 they explode.
    pub chi: f64,
    /// Predicted quotient of gradients, before the activation over behind the layer, as root mean squares.
    pub gradient_ratio: f64,
    /// Measured; `None` where the gradient behind the layer is 0.
    pub gradient_ratio_measured: Option<f64>,
}

impl LayerDiagnosis {
    /// Channels of its output; units of a vector.
    pub fn channels(&self) -> usize {
        if self.shape.len() == 3 { self.shape[0] } else { self.shape.iter().product() }
    }
    /// `3 (relu)`
    pub fn title(&self) -> String {
        format!("{} ({})", self.name, self.kind)
    }
}

impl TheoryFigures {
    /// Whether a measured figure is off by more than a factor of 2.
    pub fn is_off(&self) -> bool {
        let off = |predicted: f64, measured: f64| !(0.5..=2.0).contains(&(measured / predicted));
        off(self.q, self.q_measured)
            || self.gradient_ratio_measured.is_some_and(|m| off(self.gradient_ratio, m))
    }
}

impl From<&Histogram> for Spread {
    fn from(of: &Histogram) -> Self {
        Self { low: of.low, high: of.high, counts: of.counts.to_vec(), outside: [of.below, of.above] }
    }
}

impl OutputFigures {
    pub(super) fn of(moments: &RunningMoments, effective_rank: Option<f64>, most_rank: usize) -> Self {
        Self {
            mean: moments.mean(),
            std: moments.std(),
            skew: moments.skew(),
            sparsity: moments.sparsity(),
            effective_rank,
            most_rank,
            nan: moments.nan,
            inf: moments.inf,
        }
    }
}
