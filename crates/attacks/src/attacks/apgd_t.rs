//! APGD-T: APGD towards one class after another, by the targeted difference of logits ratio.
//!
//! targets  the classes in the order of their logits at the example itself, the largest first, without the label; by MALT in that of (z_y − z_t) / ‖∇(z_t − z_y)‖*, the least first
//! loss     (z_t − z_y) / (z_(1) − (z_(3) + z_(4)) / 2)
//! source   Croce and Hein 2020, arXiv:2003.01690, section 4; authors' code github.com/fra31/auto-attack; MALT: Melamed, Yehudai and Shamir 2024, arXiv:2407.02240
//!
//! An example that is fooled, by whatever class, is not tried at the next. The logits at the examples are asked for once.

use super::apgd::NORMS;
use crate::ascent::{Objective, Pace, Restart, Said, check_start};
use crate::kept::Kept;
use crate::live::Live;
use crate::targets::{TargetOrder, Targets};
use crate::{Access, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::{RowLoss, TargetedDlr};
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// APGD towards the likeliest wrong classes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct ApgdT {
    /// Steps towards a class.
    pub steps: usize,
    /// Classes that are tried; as many as there are, if there are fewer.
    pub targets: usize,
    /// Starts for each class.
    pub restarts: usize,
    /// The share of a period's steps that must rise for the step to keep its length.
    pub rho: f64,
    /// Gradients that are averaged at each point, for randomised models.
    pub eot: usize,
    /// L1 alone: 30 % of the steps in the ball of 3 eps, 30 % in that of 2 eps, the rest in that of eps.
    pub large_first: bool,
    /// Which classes come first.
    pub order: TargetOrder,
}

impl Default for ApgdT {
    /// The paper's: 100 steps towards each of 9 classes.
    fn default() -> Self {
        Self {
            steps: 100,
            targets: 9,
            restarts: 1,
            rho: 0.75,
            eot: 1,
            large_first: false,
            order: TargetOrder::Logits,
        }
    }
}

sparring_math::named! {
    ApgdT: "apgd-t", [], "Croce and Hein 2020, arXiv:2003.01690";
    steps: Range::COUNT, "gradient steps towards a class";
    targets: Range::COUNT, "classes that are tried";
    restarts: Range::COUNT, "starts for each class";
    rho: Range::from_to(0.0, 1.0), "share of a period's steps that must rise for the step to keep its length";
    eot: Range::COUNT, "gradients averaged at each point, for randomised models";
    large_first: Range::Words(&["true", "false"]), "l1: begin in balls of 3 eps and 2 eps";
    order: Range::Words(TargetOrder::WORDS), "which classes come first: those of largest logits, or by malt those that a linear model says are nearest";
}

impl ApgdT {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: NORMS,
        defaults: "100 steps of APGD towards each of the 9 likeliest classes; loss targeted DLR",
    };
    /// # Errors
    /// If there is no step, class, restart or gradient, or ρ is not a share.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl ApgdT {
    /// One walk towards the likeliest wrong class from given points, as [`Apgd::perturb_from`](crate::Apgd::perturb_from).
    ///
    /// # Errors
    /// As [`Attack::perturb`].
    pub fn perturb_from<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        start: &[f32],
        goal: Goal<'_>,
        threat: &Threat,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        check_start(x, start)?;
        self.run(model, x, goal, threat, Key::new(0), Some(start), out)
    }

    fn pace(&self) -> Pace {
        Pace { steps: self.steps, rho: self.rho, eot: self.eot, large_first: self.large_first }
    }

    fn run<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        start: Option<&[f32]>,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        let pace = self.pace();
        pace.admits(Self::NAME, threat)?;
        Self::INFO.begin(model, x, goal, threat, out)?;
        let mut query = x.query();
        let most = if start.is_some() { 1 } else { self.targets };
        let targets = Targets::rank(model, x, goal, threat.norm.get(), most, self.order, query)?;
        query += self.order.queries();
        let mut kept = Kept::new(out, x.dim());
        for row in (0..x.len()).filter(|&row| goal.reached(row, targets.z.row(row))) {
            kept.offer(row, x.row(row), Said { value: f32::INFINITY, reached: true });
        }
        for turn in 0..targets.turns {
            let pairs = targets.pairs(turn);
            for restart in 0..if start.is_some() { 1 } else { self.restarts } {
                let live = Live::of(x, kept.standing());
                if live.is_empty() {
                    return Ok(());
                }
                let key = key.child(turn as u64).child(restart as u64);
                let run = Restart { pace, before: 0.0, threat, key, query, start };
                run.run(model, &Towards { goal, pairs: &pairs }, x, live, &mut |row, point, said| {
                    kept.offer(row, point, said);
                })?;
                query += pace.queries();
            }
        }
        Ok(())
    }
}

/// From the label towards a class, of each example of the batch.
struct Towards<'a> {
    goal: Goal<'a>,
    pairs: &'a [[usize; 2]],
}

impl Objective for Towards<'_> {
    fn eval(&self, row: usize, z: &[f32], dz: &mut [f32]) -> f32 {
        TargetedDlr.eval(z, &self.pairs[row], dz)
    }
    fn reached(&self, row: usize, z: &[f32]) -> bool {
        self.goal.reached(row, z)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for ApgdT {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let targets = std::iter::once(("targets", self.targets.to_string()));
        let order = (self.order != TargetOrder::Logits).then(|| ("order", self.order.to_string()));
        let others = targets.chain(self.pace().settings()).chain(order).collect();
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
        self.run(model, x, goal, threat, key, None, out)
    }
}
