//! R+FGSM: a random half step, then FGSM with what is left.
//!
//! start     x + α · steepest(z), z normal (L∞: α · sign(z)), cut to the box; α = ε/2
//! proposal  start + (ε − α) · steepest(∇ loss(start, y)), back into ball and box
//! source    Tramèr et al. 2018, arXiv:1705.07204

use crate::ascent::{Ascent, LOSS, Origin};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, StepSize, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// A random step to a corner of a smaller ball, then one along the gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Rfgsm {
    /// The share of eps spent on the random step, between 0 and 1; the paper's is a half.
    pub alpha: f32,
    /// What is climbed.
    pub loss: AnyClassLoss,
}

impl Default for Rfgsm {
    fn default() -> Self {
        Self { alpha: 0.5, loss: AnyClassLoss::default() }
    }
}

sparring_math::named! {
    Rfgsm: "r+fgsm", ["rfgsm"], "Tramer et al. 2018, arXiv:1705.07204";
    alpha: Range::from_to(0.0, 1.0), "share of eps spent on the random step";
    loss: LOSS, "what is climbed";
}

impl Rfgsm {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "random step of eps/2, then one step of eps/2; loss cross-entropy",
    };
    /// # Errors
    /// If `alpha` is not between 0 and 1.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Rfgsm {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![("alpha", format!("{}*eps", self.alpha)), ("loss", self.loss.to_string())];
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
        let alpha = self.alpha * threat.eps;
        let (from, step) = (Origin::Corner(alpha), StepSize::Absolute(threat.eps - alpha));
        Ascent { from, step, ..Ascent::one_step(&Self::INFO, self.loss) }
            .run(model, x, goal, threat, key, out)
    }
}
