//! Uniform noise: random points of the ball, the best of several. The least any attack must beat.
//!
//! proposal  x + u, u uniform in the ball, cut to the box; the first that reaches the goal, else the one of highest loss
//! source    baseline of Carlini et al. 2019, arXiv:1902.06705, section 4

use crate::ascent::{LOSS, Origin, Search};
use crate::goal::check_input;
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Start, Stop, Threat,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// Random points of the ball, without gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct UniformNoise {
    /// Points tried for each example.
    pub samples: usize,
    /// By which points that do not fool are compared.
    pub loss: AnyClassLoss,
}

impl Default for UniformNoise {
    fn default() -> Self {
        Self { samples: 10, loss: AnyClassLoss::default() }
    }
}

sparring_math::named! {
    UniformNoise: "noise", ["uniform-noise"], "Carlini et al. 2019, arXiv:1902.06705";
    samples: Range::COUNT, "points tried for each example";
    loss: LOSS, "by which points that do not fool are compared";
}

impl UniformNoise {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::Black,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::ALL,
        defaults: "best of 10 uniform points of the ball; loss cross-entropy",
    };
    /// # Errors
    /// If no point is to be tried.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Classifier + ?Sized> Attack<M> for UniformNoise {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![("loss", self.loss.to_string())];
        Settings { steps: 0, restarts: self.samples, others, walk: None }
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
        threat.validate()?;
        check_input(model, x, goal, out)?;
        let (bounds, classes) = (model.bounds(), model.classes());
        let (mut logits, mut scratch) = (vec![0.0; x.len() * classes], vec![0.0; x.len() * classes]);
        let mut search = Search::new(x, goal, self.loss, Stop::WhenFooled, classes, out);
        for sample in 0..self.samples {
            let key = key.child(sample as u64);
            search.begin(|row, id, x, adv| {
                Origin::Start(Start::Random).place(threat, bounds, key.rng(id), row, x, &mut [], adv);
            });
            search.keep_better(model, x.query() + sample as u64, &mut logits, &mut scratch)?;
        }
        Ok(())
    }
}
