//! FAB-T: FAB along the boundaries of one class after another.
//!
//! targets  the classes in the order of their logits at the example itself, the largest first, without the label
//! source   Croce and Hein 2020, arXiv:1907.02044 and arXiv:2003.01690; authors' code in github.com/fra31/auto-attack
//!
//! One gradient a step instead of one for each class, which is what makes it affordable where there are many.

use super::fab::{NORMS, open_examples};
use crate::boundary::Boundary;
use crate::kept::Closest;
use crate::live::Live;
use crate::targets::{TargetOrder, Targets};
use crate::{Access, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Stop, Threat};
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Walks along the boundaries of the likeliest wrong classes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct FabT {
    /// Steps towards a class.
    pub steps: usize,
    /// Classes that are tried; as many as there are, if there are fewer.
    pub targets: usize,
    /// Starts for each class.
    pub restarts: usize,
    /// How much the walk is drawn to the example at most.
    pub alpha_max: f32,
    /// How far a step goes beyond the plane.
    pub eta: f32,
    /// What is left of the change after a step back.
    pub beta: f32,
    /// When an example is left alone: at the first point within the budget, or after all steps.
    pub stop: Stop,
}

impl Default for FabT {
    /// AutoAttack's: 100 steps towards each of 9 classes, α_max 0.1, η 1.05, β 0.9.
    fn default() -> Self {
        Self { steps: 100, targets: 9, restarts: 1, alpha_max: 0.1, eta: 1.05, beta: 0.9, stop: Stop::Never }
    }
}

sparring_math::named! {
    FabT: "fab-t", [], "Croce and Hein 2020, arXiv:2003.01690";
    steps: Range::COUNT, "steps towards a class";
    targets: Range::COUNT, "classes that are tried, the likeliest first";
    restarts: Range::COUNT, "starts for each class";
    alpha_max: Range::from_to(0.0, 1.0), "how much the walk is drawn to the example at most";
    eta: Range::from_to(1.0, 10.0), "how far a step goes beyond the plane";
    beta: Range::from_to(0.0, 1.0), "what is left of the change after a step back";
    stop: Range::Words(Stop::WORDS), "when an example is left alone: never finds the smallest change, when_fooled the first within the budget";
}

impl FabT {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: NORMS,
        defaults: "100 steps of FAB towards each of the 9 likeliest classes",
    };
    /// # Errors
    /// If there is no step, class or restart, or a factor is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for FabT {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("targets", self.targets.to_string()),
            ("alpha_max", self.alpha_max.to_string()),
            ("eta", self.eta.to_string()),
            ("beta", self.beta.to_string()),
            ("stop", self.stop.to_string()),
        ];
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
        Self::INFO.begin(model, x, goal, threat, out)?;
        let order =
            Targets::rank(model, x, goal, threat.norm.get(), self.targets, TargetOrder::Logits, x.query())?;
        let mut closest = Closest::new(x, threat, out);
        let mut query = x.query() + TargetOrder::Logits.queries();
        for turn in 0..order.turns {
            let (labels, targets): (Vec<_>, Vec<_>) =
                order.pairs(turn).into_iter().map(|[label, target]| (label, target)).unzip();
            for restart in 0..self.restarts {
                let open = open_examples(goal, &order.z, &closest, self.stop);
                let walk = Boundary {
                    steps: self.steps,
                    alpha_max: self.alpha_max,
                    eta: self.eta,
                    beta: self.beta,
                    threat,
                    random: (restart > 0).then(|| key.child(turn as u64).child(restart as u64)),
                    query,
                    stop: self.stop,
                    goal,
                    labels: &labels,
                    targets: Some(&targets),
                };
                query += walk.queries();
                walk.run(model, x, Live::of(x, open), &mut closest)?;
            }
        }
        Ok(())
    }
}
