//! What is studied.

use crate::StudyError;
use serde::Serialize;
use sparring_activations::{AnyActivation, LeakyRelu, Relu, Selu, Sigmoid, Silu, Tanh};
use sparring_math::named::Range;
use sparring_nn::AnyInitScheme;
use sparring_nn::init::{EdgeOfChaosInit, HeInit, OrthogonalInit, TorchInit};
use std::fmt;
use std::str::FromStr;

/// What stands between each hidden linear layer and its activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NormalizedBy {
    /// Nothing.
    #[default]
    None,
    /// Batch normalisation.
    BatchNorm,
    /// Layer normalisation.
    LayerNorm,
}

impl NormalizedBy {
    const ALL: [(Self, &'static str); 3] =
        [(Self::None, "none"), (Self::BatchNorm, "batch_norm"), (Self::LayerNorm, "layer_norm")];
}

impl fmt::Display for NormalizedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::ALL.iter().find(|(n, _)| n == self).map_or("", |(_, word)| word))
    }
}

impl FromStr for NormalizedBy {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(_, word)| sparring_math::grammar::same(text, word));
        let words = || Self::ALL.map(|(_, word)| word).join(", ");
        found
            .map(|(n, _)| *n)
            .ok_or_else(|| format!("`{text}` is no normalisation; choose one of: {}", words()))
    }
}

/// The grid: every activation with every initialisation and normalisation, each trained with every limit of the gradient's norm.
#[derive(Clone, Debug, PartialEq)]
pub struct DepthStudy {
    /// Hidden layers.
    pub depth: usize,
    /// Units of each.
    pub width: usize,
    /// Activations.
    pub activations: Vec<AnyActivation>,
    /// Initialisations.
    pub inits: Vec<AnyInitScheme>,
    /// Normalisations.
    pub normalizations: Vec<NormalizedBy>,
    /// Limits of the Euclidean norm of all gradients; `None` for none.
    pub clip_norms: Vec<Option<f64>>,
    /// Training examples that signal and gradient are measured on.
    pub examples: usize,
    /// Training steps, of plain SGD: a rule that divides by the size of gradients, as Adam's, would hide what becomes of them.
    pub steps: usize,
    /// Examples of a step.
    pub batch: usize,
    /// Learning rate.
    pub lr: f64,
    /// Seed of weights and batches.
    pub seed: u64,
}

impl Default for DepthStudy {
    fn default() -> Self {
        Self {
            depth: 20,
            width: 256,
            activations: vec![
                Sigmoid.into(),
                Tanh.into(),
                Relu.into(),
                LeakyRelu::default().into(),
                Selu.into(),
                Silu.into(),
            ],
            inits: vec![
                TorchInit.into(),
                HeInit::default().into(),
                OrthogonalInit.into(),
                sparring_nn::Lsuv::default().into(),
                EdgeOfChaosInit::default().into(),
            ],
            normalizations: vec![NormalizedBy::None],
            clip_norms: vec![None],
            examples: 256,
            steps: 200,
            batch: 128,
            lr: 0.02,
            seed: 1,
        }
    }
}

impl DepthStudy {
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`StudyError::Depth`] naming the first that does not.
    pub fn validate(&self) -> Result<(), StudyError> {
        let refuse = |what: String| Err(StudyError::Depth(what));
        let counts = [
            ("depth", self.depth, 2),
            ("width", self.width, 1),
            ("examples", self.examples, 2),
            ("batch", self.batch, 2),
        ];
        for (name, value, least) in counts {
            if value < least {
                return refuse(format!("{name} is {value}, but must be at least {least}"));
            }
        }
        // A net of more layers would say nothing new, and takes hours.
        if self.depth > 1000 {
            return refuse(format!("depth is {}, but must be at most 1000", self.depth));
        }
        let limit = Range::above(0.0).in_f32();
        if !limit.holds(self.lr) {
            return refuse(format!("lr is {}, but must be {limit}", self.lr));
        }
        if let Some(clip) = self.clip_norms.iter().flatten().find(|clip| !limit.holds(**clip)) {
            return refuse(format!("clip_norm is {clip}, but must be {limit}"));
        }
        let lists = [
            ("activations", self.activations.is_empty()),
            ("inits", self.inits.is_empty()),
            ("normalizations", self.normalizations.is_empty()),
            ("clip_norms", self.clip_norms.is_empty()),
        ];
        match lists.iter().find(|(_, empty)| *empty) {
            Some((name, _)) => refuse(format!("{name} names nothing; name one at least")),
            None => Ok(()),
        }
    }
}
