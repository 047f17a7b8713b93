//! FFGSM (FGSM-RS), FGSM from a random start: the attack of fast adversarial training.
//!
//! start     x + u, u uniform in the ball; it may leave the box, as in the authors' MNIST code: the model is asked for a
//!           gradient there, never for a verdict
//! proposal  start + α · steepest(∇ loss(start, y)), back into ball and box; α = 1.25 ε
//! source    Wong, Rice and Kolter 2020, arXiv:2001.03994

use crate::ascent::{Ascent, LENGTH, LOSS, Origin};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, StepSize, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::Named;
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// One step from a random point of the ball.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Ffgsm {
    /// Length of the step; the paper's is 1.25 eps.
    pub step_size: StepSize,
    /// What is climbed.
    pub loss: AnyClassLoss,
}

impl Default for Ffgsm {
    fn default() -> Self {
        Self { step_size: StepSize::Relative(1.25), loss: AnyClassLoss::default() }
    }
}

sparring_math::named! {
    Ffgsm: "ffgsm", ["fgsm-rs"], "Wong et al. 2020, arXiv:2001.03994";
    step_size: LENGTH, "length of the step, in units of the input or as in eps/4";
    loss: LOSS, "what is climbed";
}

impl Ffgsm {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "uniform start, one step of 1.25 eps; loss cross-entropy",
    };
    /// # Errors
    /// If the step is not finite and positive.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Ffgsm {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![("step_size", self.step_size.to_string()), ("loss", self.loss.to_string())];
        Settings { steps: 1, restarts: 1, others, walk: None }
    }
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        let (from, step) = (Origin::Uncut, self.step_size);
        Ascent { from, step, ..Ascent::one_step(&Self::INFO, self.loss) }
            .run(model, x, goal, threat, key, out)
    }
}
