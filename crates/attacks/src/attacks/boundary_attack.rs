//! The boundary attack: a random walk along the decision boundary towards the example, by labels alone.
//!
//! p ← a start that reaches the goal, brought near the boundary by bisection;  r = ‖p − x‖, s the unit vector from p to x;  each step:
//!   η normal, made orthogonal to s and of length σ r;  c = clip(x + (η + p − x)/√(1 + σ²)), on the sphere of p around x
//!   c' = clip(c + (ε r + ‖x − c‖ − r) · (x − c)/‖x − c‖), nearer by ε r;  p ← c' where that reaches the goal and is nearer
//! every tenth step asks c too: of the last 100 c more than 50 % at the goal: σ and ε times 1.5, less than 20 %: over 1.5;
//!   of the last 30 c' at these steps more than 25 %: ε times 1.5, less than 10 %: over 1.5; a rate that has moved begins to be counted anew
//! end       after the steps, or where ε has fallen below 1e-7
//! source    Brendel, Rauber and Bethge 2018, arXiv:1712.04248; the authors' later code in Foolbox 3: 25,000 steps, σ = ε = 0.01 at first
//!
//! All examples of a batch walk side by side, each with steps and directions of its own.

use crate::decision::{Decision, size};
use crate::draw::Draw;
use crate::kept::Closest;
use crate::live::Table;
use crate::sphere::{Walker, candidates};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Classifier};
use sparring_seed::Key;

/// The smallest change in L2 by labels alone, by a random walk along the boundary.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct BoundaryAttack {
    /// Steps at most: one query each, every tenth two.
    pub steps: usize,
    /// The first step along the sphere, as a share of its radius.
    pub spherical_step: f64,
    /// The first step towards the example, as a share of the distance.
    pub source_step: f64,
    /// Factor by which steps grow and shrink.
    pub adaptation: f64,
    /// An example whose step towards it is below this is left alone.
    pub convergence: f64,
    /// Random images that are tried for a start at most.
    pub tries: usize,
}

impl Default for BoundaryAttack {
    fn default() -> Self {
        Self {
            steps: 25_000,
            spherical_step: 0.01,
            source_step: 0.01,
            adaptation: 1.5,
            convergence: 1e-7,
            tries: 1000,
        }
    }
}

sparring_math::named! {
    BoundaryAttack: "boundary", ["boundary-attack"], "Brendel et al. 2018, arXiv:1712.04248";
    steps: Range::COUNT, "steps at most: one query each, every tenth two";
    spherical_step: Range::above(0.0), "first step along the sphere, as a share of its radius";
    source_step: Range::above_to(0.0, 1.0), "first step towards the example, as a share of the distance";
    adaptation: Range::above_to(1.0, 100.0), "factor by which steps grow and shrink";
    convergence: Range::at_least(0.0), "an example whose step towards it is below this is left alone";
    tries: Range::COUNT, "random images tried for a start at most";
}

/// Every so many steps the point on the sphere is asked, too, and the rates are looked at.
const LOOK: usize = 10;
/// Halvings between start and example: to a thousandth of the change.
const HALVINGS: u32 = 10;

impl BoundaryAttack {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::Black,
        kind: AttackKind::MinimumNorm,
        norms: &[AnyNorm::L2],
        defaults: "labels only: 25000 steps along the boundary, 27500 queries",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
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
        let (dim, bounds) = (x.dim(), model.bounds());
        let mut model = Decision::new(model, x, goal);
        let (mut live, mut points, _) = model.starts(start, self.tries, key.named("start"))?;
        model.bisect(AnyNorm::L2, &live, &mut points, HALVINGS)?;
        let n = live.len();
        let (mut sphere, mut nearer, mut draw) = (Table::zeros(n, dim), Table::zeros(n, dim), Draw::new(dim));
        let mut walkers = vec![Walker::new(self.spherical_step, self.source_step); n];
        for step in 1..=self.steps {
            if live.is_empty() {
                break;
            }
            let key = key.child(step as u64);
            for k in 0..live.len() {
                let sphere = sphere.row_mut(k);
                draw.normals(&mut key.rng(live.id(k)), sphere);
                candidates(x.row(live.row(k)), points.row(k), &walkers[k], bounds, sphere, nearer.row_mut(k));
            }
            let hit = model.reached(&live, &nearer)?;
            for k in (0..live.len()).filter(|&k| hit[k]) {
                let x = x.row(live.row(k));
                // Nearer by construction, but for the box and rounding.
                if size(AnyNorm::L2, x, nearer.row(k)) < size(AnyNorm::L2, x, points.row(k)) {
                    points.row_mut(k).copy_from_slice(nearer.row(k));
                }
            }
            if step % LOOK != 0 {
                continue;
            }
            for (k, on_sphere) in model.reached(&live, &sphere)?.into_iter().enumerate() {
                walkers[k].adapt(on_sphere, hit[k], self.adaptation);
            }
            let gone: Vec<bool> = walkers[..live.len()].iter().map(|w| w.source < self.convergence).collect();
            if gone.contains(&true) {
                smallest.offer_all(&live, &points);
            }
            live.retain(|k| !gone[k], &mut [&mut points, &mut walkers]);
        }
        smallest.offer_all(&live, &points);
        Ok(())
    }
}

impl<M: Classifier + ?Sized> Attack<M> for BoundaryAttack {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("steps", self.steps.to_string()),
            ("spherical_step", self.spherical_step.to_string()),
            ("source_step", self.source_step.to_string()),
            ("adaptation", self.adaptation.to_string()),
            ("convergence", self.convergence.to_string()),
            ("tries", self.tries.to_string()),
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
