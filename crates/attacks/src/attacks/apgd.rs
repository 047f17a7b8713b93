//! APGD: projected ascent with momentum, whose step halves where the loss stops rising.
//!
//! z_{k+1}  = P(x_k + η · steepest(∇ loss(x_k, y))), P the projection onto ball and box
//! x_{k+1}  = P(x_k + α (z_{k+1} − x_k) + (1 − α)(x_k − x_{k−1})), α = 3/4, and 1 in the first step
//! η        2 ε; at checkpoints, after 22 % of the steps and then in periods that shrink by 3 % down to 6 %, it halves and the walk goes back to its best point, where the
//!          loss rose in at most a share ρ of the period's steps, or where neither step nor best loss has moved in the period
//! L1       η = ε along the signs of the largest elements of the gradient, two thirds as many as the best point has changed; every 4 % of the steps η becomes ε where the best
//!          point has become sparser, else η / 1.5
//! source   Croce and Hein 2020, arXiv:2003.01690, section 3; L1: Croce and Hein 2021, arXiv:2103.01208; authors' code github.com/fra31/auto-attack
//!
//! As in the authors' code the walk begins on the rim of the ball, and in the first period the first step of a cross-entropy counts as one that rises. For the cross-entropy the log-odds
//! are climbed, in whose place it cannot vanish, but where gradients are averaged. An example that is fooled is kept as it is and costs nothing more.

use crate::ascent::{LOSS, OfClass, Pace, Restart, check_start};
use crate::kept::Kept;
use crate::live::Live;
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Projected ascent with momentum and an adaptive step.
///
/// ```
/// use sparring_attacks::Apgd;
/// use sparring_losses::AnyClassLoss;
/// let apgd = Apgd { loss: AnyClassLoss::Dlr, restarts: 5, ..Apgd::default() };
/// assert!(apgd.validate().is_ok() && apgd.steps == 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Apgd {
    /// Steps of a restart.
    pub steps: usize,
    /// Starts.
    pub restarts: usize,
    /// What is climbed.
    pub loss: AnyClassLoss,
    /// The share of a period's steps that must rise for the step to keep its length.
    pub rho: f64,
    /// Gradients that are averaged at each point, for randomised models.
    pub eot: usize,
    /// L1 alone: 30 % of the steps in the ball of 3 eps, 30 % in that of 2 eps, the rest in that of eps.
    pub large_first: bool,
}

impl Default for Apgd {
    /// The paper's: 100 steps, one start, cross-entropy, ρ = 3/4.
    fn default() -> Self {
        Self { steps: 100, restarts: 1, loss: AnyClassLoss::default(), rho: 0.75, eot: 1, large_first: false }
    }
}

sparring_math::named! {
    Apgd: "apgd", ["auto-pgd"], "Croce and Hein 2020, arXiv:2003.01690";
    steps: Range::COUNT, "gradient steps of a restart";
    restarts: Range::COUNT, "starts";
    loss: LOSS, "what is climbed";
    rho: Range::from_to(0.0, 1.0), "share of a period's steps that must rise for the step to keep its length";
    eot: Range::COUNT, "gradients averaged at each point, for randomised models";
    large_first: Range::Words(&["true", "false"]), "l1: begin in balls of 3 eps and 2 eps";
}

/// The norms in which APGD walks.
pub(super) const NORMS: &[AnyNorm] = &[AnyNorm::Linf, AnyNorm::L2, AnyNorm::L1];

impl Apgd {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: NORMS,
        defaults: "100 steps that begin at 2 eps and halve where the loss stops rising, 1 restart; loss cross-entropy",
    };
    /// # Errors
    /// If there is no step, restart or gradient, or ρ is not a share.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl Apgd {
    /// One walk from given points (shape of `x.data()`; brought into ball and box first) instead of random ones: to compare with another implementation step by step. In L1 as many
    /// elements move at first as two thirds of those that the start has changed.
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
        // A mean of gradients has the direction of the loss that was asked for, not that of its stand-in.
        let (dim, loss) = (x.dim(), if self.eot > 1 { self.loss } else { self.loss.unsaturated() });
        // A cross-entropy is never negative, so that its first step counts as one that rises.
        let before = if loss == self.loss { 0.0 } else { f32::NEG_INFINITY };
        let objective = OfClass { goal, loss };
        let mut kept = Kept::new(out, dim);
        let mut query = x.query();
        for restart in 0..if start.is_some() { 1 } else { self.restarts } {
            let live = Live::of(x, kept.standing());
            if live.is_empty() {
                break;
            }
            let run = Restart { pace, before, threat, key: key.child(restart as u64), query, start };
            run.run(model, &objective, x, live, &mut |row, point, said| kept.offer(row, point, said))?;
            query += pace.queries();
        }
        Ok(())
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Apgd {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = std::iter::once(("loss", self.loss.to_string())).chain(self.pace().settings()).collect();
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
