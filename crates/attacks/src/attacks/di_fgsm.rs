//! DI²-FGSM, diverse inputs: BIM whose gradients are taken at smaller copies of the image, somewhere in a black frame.
//!
//! x₀ = x, g₀ = 0;  g_{k+1} = μ g_k + ∇ / |∇|, ∇ that of loss(T(x_k), y) at x_k, T with probability p a random copy, else nothing;
//! x_{k+1} = box ∩ ball of (x_k + α · steepest(g_{k+1}))
//! default  10 steps that are 5/4 ε long together, p = 1/2, μ = 0, to the end, as the paper; μ = 1 is its M-DI²-FGSM. Copies have sides of 9/10 or more of the image's, as in torchattacks
//! source   Xie et al. 2019, arXiv:1803.06978
//!
//! A copy is drawn for each example and step by itself.

use crate::ascent::{Ascent, Diversity, LENGTH, LOSS, Rule};
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Start, StepSize, Threat,
    Walk,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Small steps from the example, up the loss of random copies.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct DiFgsm {
    /// Number of steps.
    pub steps: usize,
    /// Length of a step.
    pub step_size: StepSize,
    /// What is left of the sum of gradients at each step.
    pub decay: f32,
    /// How often the gradient is taken at a copy.
    pub probability: f64,
    /// The smallest copy, as a share of the width.
    pub rate: f64,
    /// What is climbed.
    pub loss: AnyClassLoss,
}

impl Default for DiFgsm {
    /// The paper's: 10 steps of eps/8, half of the gradients at copies of 90 % or more, no momentum.
    fn default() -> Self {
        Self {
            steps: 10,
            step_size: StepSize::Total(1.25),
            decay: 0.0,
            probability: 0.5,
            rate: 0.9,
            loss: AnyClassLoss::default(),
        }
    }
}

sparring_math::named! {
    DiFgsm: "di-fgsm", ["di"], "Xie et al. 2019, arXiv:1803.06978";
    steps: Range::COUNT, "gradient steps";
    step_size: LENGTH, "length of a step, in units of the input or as in eps/4; auto: 4 eps / steps, in l2 7.5 eps / steps";
    decay: Range::from_to(0.0, 1.0), "what is left of the sum of gradients at each step";
    probability: Range::from_to(0.0, 1.0), "how often the gradient is taken at a copy";
    rate: Range::above_to(0.0, 1.0), "the smallest copy, as a share of the width";
    loss: LOSS, "what is climbed";
}

impl DiFgsm {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "10 steps of 1.25 eps/steps from x, half of the gradients at smaller copies, to the end; loss cross-entropy",
    };
    /// # Errors
    /// If there is no step, its length is not finite and positive, or the decay, probability or rate is not a share.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for DiFgsm {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("step_size", self.step_size.to_string()),
            ("decay", self.decay.to_string()),
            ("probability", self.probability.to_string()),
            ("rate", self.rate.to_string()),
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
        let rule = Rule::Momentum { decay: self.decay, ahead: false };
        let diversity = Some(Diversity { rate: self.rate, probability: self.probability });
        Ascent { step, steps, rule, diversity, ..Ascent::one_step(&Self::INFO, self.loss) }
            .run(model, x, goal, threat, key, out)
    }
}
