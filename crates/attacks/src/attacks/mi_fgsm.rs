//! MI-FGSM, BIM with momentum: small steps along a sum of gradients that forgets, for examples that fool other models too.
//!
//! x₀ = x, g₀ = 0;  g_{k+1} = μ g_k + ∇ loss(x_k, y) / ‖∇ loss(x_k, y)‖₁;  x_{k+1} = box ∩ ball of (x_k + α · steepest(g_{k+1}))
//! default  10 steps of ε/10, μ = 1, to the end, as the paper; in L2 gradients are divided by their length
//! source   Dong et al. 2018, arXiv:1710.06081

use crate::ascent::{Ascent, LENGTH, LOSS, Rule};
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Start, StepSize, Stop,
    Threat, Walk,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Small steps from the example along a sum of gradients, without randomness.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct MiFgsm {
    /// Number of steps.
    pub steps: usize,
    /// Length of a step.
    pub step_size: StepSize,
    /// What is left of the sum of gradients at each step.
    pub decay: f32,
    /// What is climbed.
    pub loss: AnyClassLoss,
    /// When an example is left alone.
    pub stop: Stop,
}

impl Default for MiFgsm {
    /// The paper's: 10 steps of eps/10, all gradients counting alike.
    fn default() -> Self {
        Self {
            steps: 10,
            step_size: StepSize::Total(1.0),
            decay: 1.0,
            loss: AnyClassLoss::default(),
            stop: Stop::Never,
        }
    }
}

sparring_math::named! {
    MiFgsm: "mi-fgsm", ["mim", "mi"], "Dong et al. 2018, arXiv:1710.06081";
    steps: Range::COUNT, "gradient steps";
    step_size: LENGTH, "length of a step, in units of the input or as in eps/4; auto: 4 eps / steps, in l2 7.5 eps / steps";
    decay: Range::from_to(0.0, 1.0), "what is left of the sum of gradients at each step";
    loss: LOSS, "what is climbed";
    stop: Range::Words(Stop::WORDS), "when an example is left alone";
}

impl MiFgsm {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "10 steps of eps/steps from x along the sum of gradients, none forgotten, to the end; loss cross-entropy",
    };
    /// # Errors
    /// If there is no step, its length is not finite and positive, or the decay is not a share.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for MiFgsm {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("step_size", self.step_size.to_string()),
            ("decay", self.decay.to_string()),
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
        let rule = Rule::Momentum { decay: self.decay, ahead: false };
        Ascent { step, steps, stop, rule, ..Ascent::one_step(&Self::INFO, self.loss) }
            .run(model, x, goal, threat, key, out)
    }
}
