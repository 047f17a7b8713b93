//! FGSM, the fast gradient sign method: one step of full length.
//!
//! proposal  x + ε · steepest(∇ₓ loss(x, y)), cut to the box; L∞: the sign of the gradient, L2: its direction
//! source    Goodfellow, Shlens and Szegedy 2015, arXiv:1412.6572

use crate::ascent::{Ascent, LOSS};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::Named;
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// One step of length ε along the steepest ascent of the loss (descent towards a target).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Fgsm {
    /// What is climbed.
    pub loss: AnyClassLoss,
}

sparring_math::named! {
    Fgsm: "fgsm", [], "Goodfellow et al. 2015, arXiv:1412.6572";
    loss: LOSS, "what is climbed";
}

impl Fgsm {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "one step of eps from x; loss cross-entropy",
    };
}

impl<M: Differentiable + ?Sized> Attack<M> for Fgsm {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        Settings { steps: 1, restarts: 1, others: vec![("loss", self.loss.to_string())], walk: None }
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
        Ascent::one_step(&Self::INFO, self.loss).run(model, x, goal, threat, key, out)
    }
}
