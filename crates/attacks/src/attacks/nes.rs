//! NES, natural evolution strategies: projected steps along gradients estimated by differences in Gaussian directions.
//!
//! v normal;  g = mean of (J(x + σ v) − J(x − σ v)) · v / 2σ over the pairs of a step
//! m ← μ m + (1 − μ) g;  x ← box ∩ ball of (x + η · steepest(m))
//! source    Ilyas et al. 2018, arXiv:1804.08598: σ 0.001, 50 queries an estimate (25 mirrored pairs), η 0.01, μ 0.9, 10,000 queries at most
//!
//! A step costs one query more, which asks whether the goal is reached. The paper's schedule of η, made for its other threat models, is left out.

use crate::ascent::LOSS;
use crate::differences::{BlindAscent, Directions};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// Steps with momentum along gradients that are estimated from logits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Nes {
    /// Queries of an example at most.
    pub queries: usize,
    /// Queries of an estimate, in mirrored pairs.
    pub samples: usize,
    /// How far from the point the model is asked: standard deviation in each element, in units of the input.
    pub sigma: f32,
    /// Length of a step, in units of the input.
    pub lr: f32,
    /// Memory of the mean gradient.
    pub momentum: f32,
    /// What is climbed.
    pub loss: AnyClassLoss,
}

impl Default for Nes {
    fn default() -> Self {
        let loss = AnyClassLoss::CrossEntropy;
        Self { queries: 10_000, samples: 50, sigma: 0.001, lr: 0.01, momentum: 0.9, loss }
    }
}

sparring_math::named! {
    Nes: "nes", [], "Ilyas et al. 2018, arXiv:1804.08598";
    queries: Range::COUNT, "queries of an example at most";
    samples: crate::differences::SAMPLES, "queries of an estimate, in mirrored pairs";
    sigma: Range::above(0.0).in_f32(), "how far from the point the model is asked, in units of the input";
    lr: Range::above(0.0).in_f32(), "length of a step, in units of the input";
    momentum: Range::from_to_below(0.0, 1.0).in_f32(), "memory of the mean gradient";
    loss: LOSS, "what is climbed";
}

impl Nes {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::Black,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "10000 queries: steps of 0.01 with momentum 0.9 on gradients from 50 queries at distance 0.001; loss cross-entropy",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
    /// Mirrored pairs of an estimate.
    fn pairs(&self) -> usize {
        self.samples / 2
    }
    /// Steps that the queries allow: an estimate and a look each, after one look at the example.
    fn steps(&self) -> usize {
        (self.queries - 1) / (2 * self.pairs() + 1)
    }
}

impl<M: Classifier + ?Sized> Attack<M> for Nes {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("queries", self.queries.to_string()),
            ("samples", self.samples.to_string()),
            ("sigma", self.sigma.to_string()),
            ("lr", self.lr.to_string()),
            ("momentum", self.momentum.to_string()),
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
            steps: self.steps(),
            pairs: self.pairs(),
            width: self.sigma,
            directions: Directions::Normals,
            states: 1,
        };
        let (norm, bounds) = (threat.norm.get(), model.bounds());
        ascent.run(model, x, goal, threat, key, out, &mut |u| {
            u.state
                .iter_mut()
                .zip(&*u.grad)
                .for_each(|(m, g)| *m = self.momentum * *m + (1.0 - self.momentum) * g);
            norm.step(u.x, u.state, self.lr, threat.eps, bounds, u.point);
        })
    }
}
