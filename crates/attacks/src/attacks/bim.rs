//! BIM, the basic iterative method (I-FGSM): FGSM in small steps from the example itself.
//!
//! x₀ = x;  x_{k+1} = box ∩ ball of (x_k + α · steepest(∇ loss(x_k, y)));  default 10 steps of 4 ε/10;
//! the paper's own steps are `Bim::kurakin`
//! source    Kurakin, Goodfellow and Bengio 2017, arXiv:1607.02533

use crate::ascent::{Ascent, LENGTH, LOSS};
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Start, StepSize, Stop,
    Threat, Walk,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Small steps from the example, without randomness.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Bim {
    /// Number of steps.
    pub steps: usize,
    /// Length of a step.
    pub step_size: StepSize,
    /// What is climbed.
    pub loss: AnyClassLoss,
    /// When an example is left alone.
    pub stop: Stop,
}

impl Default for Bim {
    fn default() -> Self {
        let (step_size, loss) = (StepSize::default(), AnyClassLoss::default());
        Self { steps: 10, step_size, loss, stop: Stop::WhenFooled }
    }
}

sparring_math::named! {
    Bim: "bim", ["i-fgsm"], "Kurakin et al. 2017, arXiv:1607.02533";
    steps: Range::COUNT, "gradient steps";
    step_size: LENGTH, "length of a step, in units of the input or as in eps/4; auto: 4 eps / steps, in l2 7.5 eps / steps";
    loss: LOSS, "what is climbed";
    stop: Range::Words(Stop::WORDS), "when an example is left alone";
}

impl Bim {
    /// The paper's own values for pixels of [0, 1]: steps of 1/255, `min(255 eps + 4, 1.25 · 255 eps)` of them.
    pub fn kurakin(eps: f32) -> Self {
        let levels = 255.0 * eps;
        let steps = ((levels + 4.0).min(1.25 * levels) + 1e-3).floor().max(1.0) as usize;
        Self { steps, step_size: StepSize::Absolute(1.0 / 255.0), ..Self::default() }
    }
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "10 steps of 4 eps/steps (l2: 7.5) from x; loss cross-entropy",
    };
    /// # Errors
    /// If there is no step, or its length is not finite and positive.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Bim {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("step_size", self.step_size.to_string()),
            ("loss", self.loss.to_string()),
            ("stop", self.stop.to_string()),
        ];
        let walk = Some(Walk { step_size: self.step_size, start: Start::Clean });
        Settings { steps: self.steps, restarts: 1, others, walk }
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
        let (step, steps, stop) = (self.step_size, self.steps, self.stop);
        Ascent { step, steps, stop, ..Ascent::one_step(&Self::INFO, self.loss) }
            .run(model, x, goal, threat, key, out)
    }
}
