//! Examples held out of a training, and what the model is worth on them after each epoch.

use crate::TrainError;
use crate::scores::{loss_and_accuracy, reconstruction_mse};
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyAttack, Threat, evaluate};
use sparring_datasets::Split;
use sparring_models::{Autoencoder, ClassifierNet};
use sparring_oracle::Batch;
use sparring_seed::Key;
use std::fmt;

/// Examples held out of a training: see [`Session::validating`](crate::Session::validating).
///
/// ```
/// use sparring_datasets::Mnist;
/// use sparring_models::{ClassifierNet, Mlp};
/// use sparring_seed::Key;
/// use sparring_train::{Quiet, Recipe, Validation, session};
/// let (train, held) = Mnist::embedded().train.first(96).holdout(32, Key::new(1));
/// let mut model = ClassifierNet::new(Mlp::default().spec(), Key::new(1))?;
/// let recipe = Recipe { epochs: 1, batch: 32, ..Recipe::default() };
/// let mut training = session(&mut model, &train, &recipe)?.validating(Validation::of(held))?;
/// let done = training.run(&mut Quiet)?;
/// assert!(done.epochs[0].validation.is_some_and(|v| v.loss > 0.0 && v.accuracy.is_some()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Validation {
    /// The examples.
    pub split: Split,
    /// What a classifier is attacked by, too.
    pub attack: Option<ValidationAttack>,
}

/// An attack on the first examples of a validation part after each epoch, cheap enough for that: what tells catastrophic overfitting when it happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValidationAttack {
    /// The attack.
    pub attack: AnyAttack,
    /// Its budget.
    pub threat: Threat,
    /// Examples, from the first; at most as many as there are.
    pub examples: usize,
}

/// What a model is worth on a validation part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validated {
    /// Mean cross-entropy of a classifier, without label smoothing; of an autoencoder the squared error averaged over pixels and examples.
    pub loss: f64,
    /// Fraction of examples classified rightly.
    pub accuracy: Option<f64>,
    /// The same under the attack, of the examples that are attacked.
    pub robust_accuracy: Option<f64>,
}

impl fmt::Display for ValidationAttack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { attack, threat, examples } = self;
        write!(f, "{attack} within {} {} on {examples} examples", threat.norm.name(), threat.eps)
    }
}

impl Validation {
    /// Without an attack.
    pub fn of(split: Split) -> Self {
        Self { split, attack: None }
    }
    /// What depends on it, in words: a saved training goes on only where it is the same.
    pub(crate) fn described(&self) -> String {
        let attack = self.attack.map_or_else(String::new, |attack| format!(", {attack}"));
        format!("validation of {} examples {}{attack}", self.split.len(), self.split.fingerprint())
    }
    pub(crate) fn of_classifier(&self, model: &ClassifierNet, key: Key) -> Result<Validated, TrainError> {
        let (loss, accuracy) = loss_and_accuracy(model, &self.split)?;
        let robust = |a: ValidationAttack| {
            let all = self.split.first(a.examples).all();
            let x = Batch::new(&all.x, all.shape, &all.ids).map_err(|e| TrainError::Data(e.to_string()))?;
            let report = evaluate(&model.victim(), x, &all.labels, &[a.attack], &a.threat, key)?;
            Ok::<f64, TrainError>(report.robust_accuracy)
        };
        let robust_accuracy = self.attack.map(robust).transpose()?;
        Ok(Validated { loss, accuracy: Some(accuracy), robust_accuracy })
    }
    pub(crate) fn of_autoencoder(&self, model: &Autoencoder) -> Result<Validated, TrainError> {
        let loss = reconstruction_mse(model, &self.split)?;
        Ok(Validated { loss, accuracy: None, robust_accuracy: None })
    }
}
