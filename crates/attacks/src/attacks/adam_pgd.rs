//! Adam-PGD: PGD whose steps are Adam's.
//!
//! x₀ = x + u, u uniform in the ball;  d_k = steepest(∇ loss(x_k, y));  m ← β₁ m + (1 − β₁) d, v ← β₂ v + (1 − β₂) d²;
//! x_{k+1} = box ∩ ball of (x_k + α m̂ / (√v̂ + epsilon)), m̂ = m / (1 − β₁^{k+1}), v̂ = v / (1 − β₂^{k+1})
//! default  Foolbox 3.3: 50 steps of ε/40; unlike there an example that is fooled is left alone (`Stop::WhenFooled`)
//! source   Uesato et al. 2018, arXiv:1802.05666; Kingma and Ba 2015, arXiv:1412.6980

use crate::ascent::{Ascent, LENGTH, LOSS, Origin, Rule};
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Start, StepSize, Stop,
    Threat,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Projected ascent by Adam.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct AdamPgd {
    /// Number of steps of a restart.
    pub steps: usize,
    /// Adam's learning rate.
    pub step_size: StepSize,
    /// Where a restart starts.
    pub start: Start,
    /// Number of restarts.
    pub restarts: usize,
    /// Memory of the mean.
    pub beta1: f32,
    /// Memory of the mean square.
    pub beta2: f32,
    /// Added to the root.
    pub epsilon: f32,
    /// What is climbed.
    pub loss: AnyClassLoss,
    /// When an example is left alone.
    pub stop: Stop,
}

impl Default for AdamPgd {
    /// Foolbox's: 50 steps of eps/40 from a random start, β₁ 0.9, β₂ 0.999.
    fn default() -> Self {
        Self {
            steps: 50,
            step_size: StepSize::Relative(0.025),
            start: Start::Random,
            restarts: 1,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            loss: AnyClassLoss::default(),
            stop: Stop::WhenFooled,
        }
    }
}

sparring_math::named! {
    AdamPgd: "adam-pgd", ["adam"], "Uesato et al. 2018, arXiv:1802.05666";
    steps: Range::COUNT, "gradient steps of a restart";
    step_size: LENGTH, "learning rate, in units of the input or as in eps/40";
    start: Range::Words(Start::WORDS), "where a restart starts";
    restarts: Range::COUNT, "starts, of which the best counts";
    beta1: Range::from_to_below(0.0, 1.0), "memory of the mean of the directions";
    beta2: Range::from_to_below(0.0, 1.0), "memory of the mean of their squares";
    epsilon: Range::above(0.0), "added to the root";
    loss: LOSS, "what is climbed";
    stop: Range::Words(Stop::WORDS), "when an example is left alone";
}

impl AdamPgd {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "50 steps by Adam at a rate of eps/40, random start, 1 restart; loss cross-entropy",
    };
    /// # Errors
    /// If there is no step or restart, or a number is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for AdamPgd {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("step_size", self.step_size.to_string()),
            ("start", self.start.to_string()),
            ("beta1", self.beta1.to_string()),
            ("beta2", self.beta2.to_string()),
            ("epsilon", self.epsilon.to_string()),
            ("loss", self.loss.to_string()),
            ("stop", self.stop.to_string()),
        ];
        // Adam's steps have no length that is known before.
        Settings { others, ..Settings::new(self.steps, self.restarts) }
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
        let (from, restarts) = (Origin::Start(self.start), self.restarts);
        let rule = Rule::Adam { beta1: self.beta1, beta2: self.beta2, epsilon: self.epsilon };
        Ascent { from, step, steps, restarts, stop, rule, ..Ascent::one_step(&Self::INFO, self.loss) }
            .run(model, x, goal, threat, key, out)
    }
}
