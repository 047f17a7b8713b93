//! NI-FGSM: MI-FGSM by Nesterov's rule, whose gradients are taken where the momentum leads.
//!
//! x₀ = x, g₀ = 0;  g_{k+1} = μ g_k + ∇ / |∇|, ∇ the gradient of the loss at x_k + α μ g_k;  x_{k+1} = box ∩ ball of (x_k + α · steepest(g_{k+1}))
//! |∇|      the mean of all |∂ᵢ|, as in the authors' code (the paper writes ‖∇‖₁, by which they would look ahead by next to nothing); in L2 the length
//! default  10 steps of ε/10, μ = 1, to the end, as the paper
//! source   Lin et al. 2020, arXiv:1908.06281

use crate::ascent::{Ascent, LENGTH, LOSS, Rule};
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Start, StepSize, Threat,
    Walk,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// MI-FGSM that looks ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct NiFgsm {
    /// Number of steps.
    pub steps: usize,
    /// Length of a step.
    pub step_size: StepSize,
    /// What is left of the sum of gradients at each step.
    pub decay: f32,
    /// What is climbed.
    pub loss: AnyClassLoss,
}

impl Default for NiFgsm {
    /// The paper's: 10 steps of eps/10, all gradients counting alike.
    fn default() -> Self {
        Self { steps: 10, step_size: StepSize::Total(1.0), decay: 1.0, loss: AnyClassLoss::default() }
    }
}

sparring_math::named! {
    NiFgsm: "ni-fgsm", ["ni"], "Lin et al. 2020, arXiv:1908.06281";
    steps: Range::COUNT, "gradient steps";
    step_size: LENGTH, "length of a step, in units of the input or as in eps/4; auto: 4 eps / steps, in l2 7.5 eps / steps";
    decay: Range::from_to(0.0, 1.0), "what is left of the sum of gradients at each step";
    loss: LOSS, "what is climbed";
}

impl NiFgsm {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "10 steps of eps/steps from x along the sum of gradients taken ahead, to the end; loss cross-entropy",
    };
    /// # Errors
    /// If there is no step, its length is not finite and positive, or the decay is not a share.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for NiFgsm {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("step_size", self.step_size.to_string()),
            ("decay", self.decay.to_string()),
            ("loss", self.loss.to_string()),
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
        let (step, steps) = (self.step_size, self.steps);
        let rule = Rule::Momentum { decay: self.decay, ahead: true };
        Ascent { step, steps, rule, ..Ascent::one_step(&Self::INFO, self.loss) }
            .run(model, x, goal, threat, key, out)
    }
}
