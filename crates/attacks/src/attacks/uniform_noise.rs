//! Uniform noise: random points of the ball, the best of several. The least any attack must beat.
//!
//! proposal  x + u, u uniform in the ball, cut to the box; the first that reaches the goal, else the one of highest loss
//! source    baseline of Carlini et al. 2019, arXiv:1902.06705, section 4

use crate::ascent::{LOSS, OfClass, Origin, offer};
use crate::kept::Kept;
use crate::live::{Live, Table};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Start, Threat};
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
        Self::INFO.begin(model, x, goal, threat, out)?;
        let objective = OfClass { goal, loss: self.loss.unsaturated() };
        let mut kept = Kept::new(out, x.dim());
        for sample in 0..self.samples {
            let (live, key) = (Live::of(x, kept.standing()), key.child(sample as u64));
            let mut points = Table::zeros(live.len(), x.dim());
            for k in 0..live.len() {
                let (row, rng) = (live.row(k), key.rng(live.id(k)));
                let from = Origin::Start(Start::Random);
                from.place(threat, model.bounds(), rng, row, x.row(row), &mut [], points.row_mut(k));
            }
            offer(model, &objective, x, &live, &points, x.query() + sample as u64, &mut kept)?;
        }
        Ok(())
    }
}
