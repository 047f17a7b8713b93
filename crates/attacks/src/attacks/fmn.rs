//! FMN, fast minimum norm: DDN in any norm, with a first radius from the linear model of the boundary.
//!
//! at a point that reaches the goal     ε ← min((1 − γ) ε, the smallest size found)
//! before any has                       ε ← ‖δ‖ + |z_y − max z_c| / ‖∇‖_dual
//! else                                 ε ← (1 + γ) ε
//! L0                                   ε by at least one element, and whole; never below 1
//! δ ← box of (the nearest point of the ball of ε to δ + α ∇/‖∇‖₂), α and γ fall by half a cosine
//! source  Pintor, Roli, Brendel and Biggio 2021, arXiv:2102.12827, algorithm 1
//!
//! Published code differs from it in L2: Foolbox 3.3.4 multiplies by min(1, ‖x‖/‖x‖) and so never projects, adv-lib cuts δ instead of the factor at 1 and so stretches
//! each δ to the whole radius. Here δ is projected. Where the box has cut the last step, the linear model's radius is too small for ever: on images, of which most pixels lie on
//! the box, the published L2 attack found nothing at all on the nets of `golden/attacks`. There the radius grows by γ at least. The search begins at the example; a start at an
//! adversarial point is the paper's option.

use crate::ascent::LENGTH;
use crate::nearest::{Nearest, farthest, half_cosine};
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, L2, Norm as _, Settings, Threat,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Steps in a ball whose radius follows the distance to the boundary.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Fmn {
    /// Gradient steps.
    pub steps: usize,
    /// Length of the first step in L2; it falls to a hundredth by half a cosine.
    pub step_size: f32,
    /// By which share the radius shrinks and grows at first; it falls to 0.001 by half a cosine.
    pub gamma: f32,
}

impl Default for Fmn {
    /// The paper's: 100 steps from 1 to 0.01, γ from 0.05 to 0.001.
    fn default() -> Self {
        Self { steps: 100, step_size: 1.0, gamma: 0.05 }
    }
}

sparring_math::named! {
    Fmn: "fmn", [], "Pintor et al. 2021, arXiv:2102.12827";
    steps: Range::COUNT, "gradient steps";
    step_size: LENGTH, "length of the first step in l2";
    gamma: Range::between(0.0, 1.0), "by which share the radius shrinks and grows at first";
}

impl Fmn {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: AnyNorm::ALL,
        defaults: "100 steps in balls whose radius follows the boundary",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Fmn {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![("step_size", self.step_size.to_string()), ("gamma", self.gamma.to_string())];
        Settings { others, ..Settings::new(self.steps, 1) }
    }
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        _key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        self.validate()?;
        let mut search = Nearest::begin(&Self::INFO, AnyClassLoss::Margin, model, x, goal, threat, out)?;
        let (bounds, norm) = (model.bounds(), threat.norm.get());
        let first =
            Radius { eps: if threat.norm == AnyNorm::L0 { 1.0 } else { 0.0 }, nearest: f64::INFINITY };
        let mut radii = vec![first; x.len()];
        let corners = farthest(norm, x, bounds);
        let (mut direction, mut delta) = (vec![0.0; x.dim()], vec![0.0; x.dim()]);
        for step in 0..self.steps {
            search.look(step)?;
            let share = half_cosine(step, self.steps);
            let alpha = self.step_size * (0.01 + 0.99 * share) as f32;
            let gamma = 0.001 + (f64::from(self.gamma) - 0.001) * share;
            search.each(|c| {
                delta.iter_mut().zip(&*c.point).zip(c.x).for_each(|((d, p), x)| *d = p - x);
                let size = norm.size(&delta);
                let radius = &mut radii[c.row];
                if c.found {
                    radius.nearest = radius.nearest.min(size);
                }
                let known = radius.nearest.is_finite();
                radius.eps = match (threat.norm, c.found) {
                    (AnyNorm::L0, true) => (radius.eps - 1.0)
                        .min((radius.eps * (1.0 - gamma)).floor())
                        .min(radius.nearest)
                        .max(1.0),
                    (AnyNorm::L0, false) => (radius.eps + 1.0).max((radius.eps * (1.0 + gamma)).floor()),
                    (_, true) => (radius.eps * (1.0 - gamma)).min(radius.nearest),
                    (_, false) if known => radius.eps * (1.0 + gamma),
                    (_, false) => {
                        let distance = f64::from(c.value).abs() / threat.norm.get().dual(c.grad).max(1e-12);
                        let eps = (size + distance) * (1.0 + BEYOND) + BEYOND;
                        if size < UNCUT * radius.eps { eps.max(radius.eps * (1.0 + gamma)) } else { eps }
                    }
                }
                .min(corners[c.row]);
                L2.steepest(c.grad, &mut direction);
                delta.iter_mut().zip(&direction).for_each(|(d, g)| *d += alpha * g);
                norm.project(&mut delta, radius.eps as f32);
                for ((p, &x), &d) in c.point.iter_mut().zip(c.x).zip(&delta) {
                    *p = bounds.clip(x + d);
                }
            });
        }
        Ok(())
    }
}

/// How far beyond the linear model's boundary the first radii lie, so that rounding does not keep a point before it.
const BEYOND: f64 = 1e-5;
/// A change that measures less of its ball was cut by the box.
const UNCUT: f64 = 0.999;

/// Of an example: the radius of the ball, and the size of the smallest change found, whatever the budget.
#[derive(Clone, Copy, Debug)]
struct Radius {
    eps: f64,
    nearest: f64,
}
