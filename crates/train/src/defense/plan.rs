//! What one step of a training does with its batch.

use sparring_attacks::{AnyNorm, Attack, Threat};
use sparring_losses::PairLoss;
use sparring_nn::Victim;
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

/// What one step of a training does with its batch.
pub struct Plan {
    /// What makes the adversarial examples, and within which budget; `None`: the step is trained on clean ones.
    pub attack: Option<(Box<InnerAttack>, Threat)>,
    /// The outputs that the objective reads.
    pub outputs: Outputs,
    /// Updates of the weights on the same batch, each with an attack of its own (Free-AT makes several).
    pub passes: usize,
}

impl Plan {
    /// One pass on clean examples.
    pub fn clean() -> Self {
        Self { attack: None, outputs: Outputs::One, passes: 1 }
    }
    /// One pass on the examples that `attack` makes within `eps` in L-inf; on clean ones where eps is 0.
    pub fn adversarial(attack: impl for<'v> Attack<Victim<'v>> + Send + Sync + 'static, eps: f32) -> Self {
        if eps == 0.0 {
            return Self::clean();
        }
        Self { attack: Some((Box::new(attack), Threat { norm: AnyNorm::Linf, eps })), ..Self::clean() }
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

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attack = self
            .attack
            .as_ref()
            .map(|(attack, threat)| (Attack::<Victim<'_>>::about(&**attack).name, threat.to_string()));
        f.debug_struct("Plan")
            .field("attack", &attack)
            .field("outputs", &self.outputs)
            .field("passes", &self.passes)
            .finish()
    }
}
