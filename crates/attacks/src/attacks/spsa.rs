//! SPSA, simultaneous perturbation stochastic approximation: Adam along gradients estimated by differences.
//!
//! v of random signs;  g = mean of (J(x + δ v) − J(x − δ v)) / (2 δ v) over the pairs of a step;  x ← box ∩ ball of (x + Adam(g))
//! source    Uesato et al. 2018, arXiv:1802.05666; Spall 1992; the margin of logits is climbed, δ = 0.01, Adam with rate 0.01, as there
//!
//! `samples` counts queries, two to a pair, as in the authors' code in CleverHans. A step costs one query more, which asks whether the goal is reached.

use crate::ascent::LOSS;
use crate::differences::{BlindAscent, Directions};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_optim::{Adam, Rule};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// Adam on gradients that are estimated from logits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Spsa {
    /// Steps at most.
    pub steps: usize,
    /// Queries of an estimate, in mirrored pairs.
    pub samples: usize,
    /// How far from the point the model is asked, in units of the input.
    pub delta: f32,
    /// Learning rate of Adam, in units of the input.
    pub lr: f32,
    /// What is climbed.
    pub loss: AnyClassLoss,
}

impl Default for Spsa {
    fn default() -> Self {
        Self { steps: 100, samples: 128, delta: 0.01, lr: 0.01, loss: AnyClassLoss::Margin }
    }
}

sparring_math::named! {
    Spsa: "spsa", [], "Uesato et al. 2018, arXiv:1802.05666";
    steps: Range::COUNT, "steps at most";
    samples: crate::differences::SAMPLES, "queries of an estimate, in mirrored pairs";
    delta: Range::above(0.0).in_f32(), "how far from the point the model is asked, in units of the input";
    lr: Range::above(0.0).in_f32(), "learning rate of Adam, in units of the input";
    loss: LOSS, "what is climbed";
}

impl Spsa {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::Black,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "100 steps of Adam at rate 0.01 on gradients from 128 queries at distance 0.01; loss margin",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Classifier + ?Sized> Attack<M> for Spsa {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("steps", self.steps.to_string()),
            ("samples", self.samples.to_string()),
            ("delta", self.delta.to_string()),
            ("lr", self.lr.to_string()),
            ("loss", self.loss.to_string()),
        ];
        Settings { others, ..Settings::new(0, 1) }
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
        let ascent = BlindAscent {
            about: &Self::INFO,
            loss: self.loss,
            steps: self.steps,
            pairs: self.samples / 2,
            width: self.delta,
            directions: Directions::Signs,
            states: 2,
        };
        ascent.run(model, x, goal, threat, key, out, &mut |u| {
            // The rule descends.
            u.grad.iter_mut().for_each(|g| *g = -*g);
            let (mean, root) = u.state.split_at_mut(u.point.len());
            Adam::default().update(u.step, self.lr, u.point, u.grad, &mut [mean, root]);
        })
    }
}
