//! HopSkipJump: the smallest change by labels alone, along the normal of the decision boundary as random queries on both sides of it tell.
//!
//! x̃ ← a start that reaches the goal;  φ(p) = 1 where p reaches the goal, else −1;  d numbers in an example;  for step t = 1, 2, ..
//!   x ← bisection of [example, x̃] to the share γ/d^1.5 of it (L2), γ/d² (L-inf, by clipping the change)
//!   u of length 1, random: normal (L2) or uniform (L-inf), B = min(100 √t, 10,000) of them;  δ = 0.1 of the box at first, then γ ‖x̃ − example‖ / d
//!   u' = (clip(x + δ u) − x)/δ;  g = mean of (φ(x + δ u') − mean φ) u', direction g/‖g‖₂ (L2) or sign g (L-inf)
//!   x̃ ← clip(x + ξ · direction), ξ = ‖x − example‖/√t, halved until the goal is reached
//! source    Chen, Jordan and Wainwright 2020, arXiv:1904.02144; authors' code in github.com/Jianbo-Lab/HSJA: 64 steps, γ = 1
//!
//! The answer is the smallest change at the end of any step, not that of the last. All examples of a batch walk side by side.

use crate::decision::{Decision, size};
use crate::kept::Closest;
use crate::live::{Live, Table};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// The smallest change by labels alone, along estimated normals of the boundary.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct HopSkipJump {
    /// Steps at most.
    pub steps: usize,
    /// Queries of the first estimate; that of step t has √t times as many.
    pub initial: usize,
    /// Queries of an estimate at most.
    pub most: usize,
    /// Scale of the precision of the bisection and of the distance of queries.
    pub gamma: f64,
    /// Random images that are tried for a start at most.
    pub tries: usize,
    /// Queries of an example at most; a step that could need more is not begun.
    pub queries: usize,
}

impl Default for HopSkipJump {
    /// The authors' 64 steps cost about 36,000 queries; of random images Foolbox tries 1,000.
    fn default() -> Self {
        Self { steps: 64, initial: 100, most: 10_000, gamma: 1.0, tries: 1000, queries: 50_000 }
    }
}

sparring_math::named! {
    HopSkipJump: "hop-skip-jump", ["hsja"], "Chen et al. 2020, arXiv:1904.02144";
    steps: Range::COUNT, "steps at most";
    initial: Range::COUNT, "queries of the first estimate; that of step t has sqrt(t) times as many";
    most: Range::COUNT, "queries of an estimate at most";
    gamma: Range::above(0.0), "scale of the bisection's precision and of the distance of queries";
    tries: Range::COUNT, "random images tried for a start at most";
    queries: Range::COUNT, "queries of an example at most";
}

/// Halvings of a step at most: below, a step is within rounding of the boundary.
const HALVINGS: usize = 32;

impl HopSkipJump {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::Black,
        kind: AttackKind::MinimumNorm,
        norms: AnyNorm::DENSE,
        defaults: "labels only: 64 steps along normals from 100 sqrt(step) queries each, about 36000 in all",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
    /// Queries of the estimate of this step, from 0.
    fn samples(&self, step: usize) -> usize {
        ((self.initial as f64 * (step as f64 + 1.0).sqrt()) as usize).min(self.most)
    }
    /// Queries of a bisection.
    fn halvings(&self, norm: AnyNorm, dim: usize) -> u32 {
        let power = if norm == AnyNorm::Linf { 2.0 } else { 1.5 };
        ((dim as f64).powf(power) / self.gamma).log2().ceil().clamp(1.0, 40.0) as u32
    }

    /// As [`Attack::perturb`], from a given start for each example, which should reach its goal: an image of the target's class, say. Where it does not, the example is the answer.
    ///
    /// # Errors
    /// As `perturb`, and if `start` has not the shape of `x`.
    pub fn perturb_from<M: Classifier + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        start: &[f32],
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.walk(model, x, Some(start), goal, threat, key, out)
    }

    fn walk<M: Classifier + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        start: Option<&[f32]>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        Self::INFO.begin(model, x, goal, threat, out)?;
        let mut smallest = Closest::new(x, threat, out);
        if threat.eps == 0.0 {
            return Ok(());
        }
        let (norm, dim, bounds) = (threat.norm, x.dim(), model.bounds());
        let mut model = Decision::new(model, x, goal);
        let tries = self.tries.min(self.queries - 1);
        let (mut live, mut points, mut spent) = model.starts(start, tries, key.named("start"))?;
        smallest.offer_all(&live, &points);
        let (halvings, queries) = (self.halvings(norm, dim), self.queries as u64);
        let mut far = distances(norm, x, &live, &points);
        let stays: Vec<bool> = spent.iter().map(|s| s + u64::from(halvings) <= queries).collect();
        live.retain(|k| stays[k], &mut [&mut points, &mut far, &mut spent]);
        model.bisect(norm, &live, &mut points, halvings)?;
        smallest.offer_all(&live, &points);
        spent.iter_mut().for_each(|s| *s += u64::from(halvings));
        let (mut direction, mut trial) = (Table::zeros(live.len(), dim), Table::zeros(live.len(), dim));
        for step in 0..self.steps {
            let (samples, key) = (self.samples(step), key.child(step as u64));
            let most = (samples + HALVINGS) as u64 + u64::from(halvings);
            let stays: Vec<bool> = spent.iter().map(|s| s + most <= queries).collect();
            live.retain(|k| stays[k], &mut [&mut points, &mut far, &mut spent]);
            if live.is_empty() {
                return Ok(());
            }
            let width = |k: usize| match step {
                0 => 0.1 * f64::from(bounds.hi() - bounds.lo()),
                _ => self.gamma * far[k] / dim as f64,
            };
            let widths: Vec<f32> = (0..live.len()).map(|k| width(k) as f32).collect();
            model.normals(norm, &live, &points, &widths, (samples, key), &mut direction)?;
            // ξ, halved for those that do not reach the goal with it.
            let mut at: Vec<usize> = (0..live.len()).collect();
            let mut open = Live::of(x, at.iter().map(|&k| live.row(k)));
            let after = model.query + HALVINGS as u64;
            let near = distances(norm, x, &live, &points);
            for halving in 0..HALVINGS {
                for (j, &k) in at[..open.len()].iter().enumerate() {
                    let length = near[k] / (step as f64 + 1.0).sqrt() / 2.0_f64.powi(halving as i32);
                    let from = points.row(k).iter().zip(direction.row(k));
                    let to = trial.row_mut(j).iter_mut();
                    to.zip(from).for_each(|(t, (p, d))| *t = bounds.clip(p + length as f32 * d));
                }
                let hit = model.reached(&open, &trial)?;
                for (j, &k) in at[..open.len()].iter().enumerate() {
                    spent[k] += 1;
                    if hit[j] {
                        points.row_mut(k).copy_from_slice(trial.row(j));
                    }
                }
                open.retain(|j| !hit[j], &mut [&mut at]);
                if open.is_empty() {
                    break;
                }
            }
            model.query = after;
            spent.iter_mut().for_each(|s| *s += samples as u64 + u64::from(halvings));
            far = distances(norm, x, &live, &points);
            model.bisect(norm, &live, &mut points, halvings)?;
            smallest.offer_all(&live, &points);
        }
        Ok(())
    }
}

/// The size of each candidate's change.
fn distances(norm: AnyNorm, x: Batch<'_>, live: &Live, points: &Table) -> Vec<f64> {
    (0..live.len()).map(|k| size(norm, x.row(live.row(k)), points.row(k))).collect()
}

impl<M: Classifier + ?Sized> Attack<M> for HopSkipJump {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("steps", self.steps.to_string()),
            ("initial", self.initial.to_string()),
            ("most", self.most.to_string()),
            ("gamma", self.gamma.to_string()),
            ("tries", self.tries.to_string()),
            ("queries", self.queries.to_string()),
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
        self.walk(model, x, None, goal, threat, key, out)
    }
}
