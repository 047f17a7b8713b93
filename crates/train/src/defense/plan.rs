//! What one step of a training does with its batch.

use crate::TrainError;
use crate::corruption::InputNoise;
use sparring_attacks::{AnyNorm, Attack, Threat};
use sparring_autograd::Var;
use sparring_datasets::MiniBatch;
use sparring_losses::PairLoss;
use sparring_nn::{Cx, Network, Victim};
use sparring_seed::Key;
use std::fmt;

/// The attack of a training step, on whatever network is trained.
pub type InnerAttack = dyn for<'v> Attack<Victim<'v>> + Send + Sync;

/// The outputs that the objective reads.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outputs {
    /// Of the examples that the step is trained on: the adversarial ones where there is an attack, else the clean ones.
    One,
    /// Of each clean example and of its adversarial one (TRADES, MART), by this loss instead of the cross-entropy. Without an attack the step reads clean ones alone.
    Paired(Box<dyn PairLoss<f32>>),
}

/// Where the examples of a step come from.
#[non_exhaustive]
pub enum ExampleSource {
    /// The clean ones as they are.
    Clean,
    /// An attack makes them within a budget.
    Attack(Box<InnerAttack>, Threat),
    /// clip(x + δ, box). The training carries δ, one for each place in a batch, from batch to batch, and moves it after each pass by the gradient at the input that the pass gives beside those of
    /// the weights: δ ← clip(δ + step_size · sign(∂ loss / ∂ δ), −eps, eps).
    Carried {
        /// Length of the step.
        step_size: f32,
        /// The budget, in L-inf.
        threat: Threat,
    },
    /// The clean ones with noise, drawn anew in each step; the targets of an autoencoder are the clean ones.
    Corrupted(InputNoise),
}

/// A term of the loss that is made on a tape, so that it may read gradients.
pub trait Penalty: fmt::Debug + Send + Sync {
    /// The term for a batch of clean examples, divided by their number; `key` is for what is random in it.
    fn term<'t>(&self, net: &Network<f32>, cx: &Cx<'t, f32>, batch: &MiniBatch, key: Key) -> Var<'t, f32>;
    /// Refuses a network for which the term says nothing.
    ///
    /// # Errors
    /// [`TrainError`] that says what it must be.
    fn check(&self, net: &Network<f32>) -> Result<(), TrainError> {
        let _ = net;
        Ok(())
    }
}

/// What one step of a training does with its batch.
#[derive(Debug)]
pub struct Plan {
    /// Where the examples come from.
    pub examples: ExampleSource,
    /// The outputs that the objective reads.
    pub outputs: Outputs,
    /// What is added to the loss.
    pub penalty: Option<Box<dyn Penalty>>,
    /// Updates of the weights on the same batch, each with examples of its own.
    pub passes: usize,
}

impl Plan {
    /// One pass on clean examples.
    pub fn clean() -> Self {
        Self { examples: ExampleSource::Clean, outputs: Outputs::One, penalty: None, passes: 1 }
    }
    /// One pass on the examples that `attack` makes within `eps` in L-inf; on clean ones where eps is 0.
    pub fn adversarial(attack: impl for<'v> Attack<Victim<'v>> + Send + Sync + 'static, eps: f32) -> Self {
        if eps == 0.0 {
            return Self::clean();
        }
        let threat = Threat { norm: AnyNorm::Linf, eps };
        Self { examples: ExampleSource::Attack(Box::new(attack), threat), ..Self::clean() }
    }
    /// The same with the budget measured so.
    #[must_use]
    pub fn in_norm(mut self, norm: AnyNorm) -> Self {
        if let ExampleSource::Attack(_, threat) = &mut self.examples {
            threat.norm = norm;
        }
        self
    }
    /// One pass on clean examples and those that `attack` makes of them within `eps` in L-inf, by a loss that compares both.
    pub fn paired(
        attack: impl for<'v> Attack<Victim<'v>> + Send + Sync + 'static,
        eps: f32,
        loss: impl PairLoss<f32> + 'static,
    ) -> Self {
        Self { outputs: Outputs::Paired(Box::new(loss)), ..Self::adversarial(attack, eps) }
    }
}

impl ExampleSource {
    /// The budget; `None` for clean examples.
    pub fn threat(&self) -> Option<&Threat> {
        match self {
            Self::Clean | Self::Corrupted(_) => None,
            Self::Attack(_, threat) | Self::Carried { threat, .. } => Some(threat),
        }
    }
}

impl fmt::Debug for ExampleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean => write!(f, "Clean"),
            Self::Attack(attack, threat) => {
                write!(f, "Attack({}, {threat})", Attack::<Victim<'_>>::about(&**attack).name)
            }
            Self::Carried { step_size, threat } => write!(f, "Carried({step_size}, {threat})"),
            Self::Corrupted(corruption) => write!(f, "{corruption:?}"),
        }
    }
}
