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

use crate::ascent::{Adaptive, Keep, LOSS, Objective, OfClass, Said};
use crate::goal::check_input;
use crate::kept::Kept;
use crate::live::{Live, Table};
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
        threat.validate()?;
        Self::INFO.admits(threat)?;
        only_in_l1(self.large_first, threat)?;
        check_input(model, x, goal, out)?;
        out.copy_from_slice(x.data());
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
            let run = Restart {
                steps: self.steps,
                rho: self.rho,
                eot: self.eot,
                large_first: self.large_first,
                before,
                threat,
                key: key.child(restart as u64),
                query,
                start,
            };
            run.run(model, &objective, x, live, &mut |row, point, said| kept.offer(row, point, said))?;
            query += run.queries();
        }
        Ok(())
    }
}

/// Larger balls first are for L1.
pub(super) fn only_in_l1(large_first: bool, threat: &Threat) -> Result<(), AttackError> {
    if !large_first || threat.norm == AnyNorm::L1 {
        return Ok(());
    }
    let value = format!("true in {}", threat.norm);
    Err(AttackError::Parameter {
        of: Apgd::NAME,
        parameter: "large_first",
        value,
        need: "false in other norms than l1",
    })
}

/// A start has the shape of the batch.
pub(super) fn check_start(x: Batch<'_>, start: &[f32]) -> Result<(), AttackError> {
    let (expected, got) = (x.data().len(), start.len());
    if expected == got {
        return Ok(());
    }
    Err(AttackError::Length { what: "numbers of the start", expected, got })
}

/// The walks of one restart: one in the ball, or one in each of several that shrink.
#[derive(Clone, Copy)]
pub(super) struct Restart<'a> {
    pub(super) steps: usize,
    pub(super) rho: f64,
    pub(super) eot: usize,
    pub(super) large_first: bool,
    /// The value before the first step.
    pub(super) before: f32,
    pub(super) threat: &'a Threat,
    pub(super) key: Key,
    pub(super) query: u64,
    /// These points, row by row of the batch, instead of random ones.
    pub(super) start: Option<&'a [f32]>,
}

impl Restart<'_> {
    /// Queries of a restart at most.
    pub(super) fn queries(&self) -> u64 {
        ((self.steps + 3) * self.eot.max(1)) as u64
    }
    /// The balls, as multiples of eps, and the steps in each.
    fn legs(&self) -> Vec<(f32, usize)> {
        if !(self.large_first && self.threat.norm == AnyNorm::L1) {
            return vec![(1.0, self.steps)];
        }
        let third = (0.3 * self.steps as f64).ceil() as usize;
        let third = third.min(self.steps / 2);
        vec![(3.0, third), (2.0, third), (1.0, self.steps - 2 * third)]
    }
    pub(super) fn run<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        objective: &dyn Objective,
        x: Batch<'_>,
        mut live: Live,
        keep: &mut Keep<'_>,
    ) -> Result<(), AttackError> {
        let (dim, bounds, norm) = (x.dim(), model.bounds(), self.threat.norm.get());
        let mut points = Table::zeros(live.len(), dim);
        let legs = self.legs();
        for k in 0..live.len() {
            let (row, point) = (live.row(k), points.row_mut(k));
            if let Some(start) = self.start {
                point.copy_from_slice(&start[row * dim..(row + 1) * dim]);
                continue;
            }
            let x = x.row(row);
            if self.threat.norm == AnyNorm::L1 {
                // As its authors begin: normal numbers that reach far beyond the ball, brought into ball and box below.
                let mut rng = self.key.rng(live.id(k));
                point.iter_mut().zip(x).for_each(|(p, x)| *p = x + rng.normal() as f32);
                continue;
            }
            norm.rim(&mut self.key.rng(live.id(k)), legs[0].0 * self.threat.eps, point);
            point.iter_mut().zip(x).for_each(|(p, x)| *p += x);
        }
        let mut query = self.query;
        for (i, &(times, steps)) in legs.iter().enumerate() {
            let threat = Threat { eps: times * self.threat.eps, ..*self.threat };
            for k in 0..live.len() {
                threat.confine(x.row(live.row(k)), bounds, points.row_mut(k));
            }
            let last = i + 1 == legs.len();
            let walk = Adaptive {
                steps,
                rho: self.rho,
                eot: self.eot,
                before: self.before,
                leaves: last,
                goes_on: legs.len() > 1 || self.start.is_some(),
                query,
            };
            let nobody = &mut |_: usize, _: &[f32], _: Said| ();
            let keep: &mut Keep<'_> = if last { &mut *keep } else { nobody };
            (live, points) = walk.run(model, objective, x, &threat, live, points, keep)?;
            query += ((steps + 1) * self.eot.max(1)) as u64;
        }
        Ok(())
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Apgd {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let mut others = vec![("loss", self.loss.to_string()), ("rho", self.rho.to_string())];
        if self.eot > 1 {
            others.push(("eot", self.eot.to_string()));
        }
        if self.large_first {
            others.push(("large_first", "true".into()));
        }
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
