//! DDN, decoupled direction and norm: the direction follows the loss, the length only whether the goal is reached.
//!
//! δ ← δ + α ∇/‖∇‖₂, α from 1 to 0.01 by half a cosine
//! ε ← (1 − γ) ε at a point that reaches the goal, else (1 + γ) ε; never beyond the farthest corner of the box
//! x' = box of (x + ε δ/‖δ‖₂)
//! source  Rony et al. 2019, arXiv:1811.09600, algorithm 1
//!
//! The answer is the nearest of all points that reached the goal. The authors' code rounds x' to 256 levels at every step, the algorithm of the paper does not: `levels=256`.
//! A gradient of 0 is replaced by a random direction, as theirs is.

use crate::ascent::LENGTH;
use crate::nearest::{Nearest, farthest, half_cosine};
use crate::{
    Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, L2, Norm as _, Settings, Threat,
};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Bounds, Differentiable};
use sparring_seed::Key;

/// Steps on a sphere that shrinks where the goal is reached and grows where it is not.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Ddn {
    /// Gradient steps.
    pub steps: usize,
    /// The first radius, in units of the input.
    pub radius: f32,
    /// By which share the radius shrinks at a point that reaches the goal and grows at others.
    pub gamma: f32,
    /// Values that a number of the answer may have, evenly over the box; 0: any.
    pub levels: usize,
}

impl Default for Ddn {
    /// The paper's: 100 steps, radius 1, γ 0.05, no rounding.
    fn default() -> Self {
        Self { steps: 100, radius: 1.0, gamma: 0.05, levels: 0 }
    }
}

sparring_math::named! {
    Ddn: "ddn", [], "Rony et al. 2019, arXiv:1811.09600";
    steps: Range::COUNT, "gradient steps";
    radius: LENGTH, "the first radius, in units of the input";
    gamma: Range::between(0.0, 1.0), "by which share the radius shrinks and grows";
    levels: Range::Whole { low: 0, high: 1 << 24 }, "values that a number of the answer may have, evenly over the box; 0: any";
}

impl Ddn {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: &[AnyNorm::L2],
        defaults: "100 steps on spheres whose radius follows the boundary",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Ddn {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("radius", self.radius.to_string()),
            ("gamma", self.gamma.to_string()),
            ("levels", self.levels.to_string()),
        ];
        Settings { others, ..Settings::new(self.steps, 1) }
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
        let loss = AnyClassLoss::CrossEntropy;
        let mut search = Nearest::begin(&Self::INFO, loss, model, x, goal, threat, out)?;
        let bounds = model.bounds();
        let mut radii = vec![f64::from(self.radius); x.len()];
        let mut direction = vec![0.0; x.dim()];
        let corners = farthest(&L2, x, bounds);
        for step in 0..self.steps {
            search.look(step)?;
            let alpha = (0.01 + 0.99 * half_cosine(step, self.steps)) as f32;
            search.each(|c| {
                L2.steepest(c.grad, &mut direction);
                if direction.iter().all(|d| *d == 0.0) {
                    let mut rng = key.child(step as u64).rng(c.id);
                    c.grad.fill_with(|| rng.normal() as f32);
                    L2.steepest(c.grad, &mut direction);
                }
                let factor = 1.0 + f64::from(if c.found { -self.gamma } else { self.gamma });
                radii[c.row] = (radii[c.row] * factor).min(corners[c.row]);
                for ((d, &p), &x) in direction.iter_mut().zip(&*c.point).zip(c.x) {
                    *d = p - x + alpha * *d;
                }
                let length = L2.size(&direction);
                let scale = if length > 0.0 { (radii[c.row] / length) as f32 } else { 0.0 };
                for ((p, &x), &d) in c.point.iter_mut().zip(c.x).zip(&direction) {
                    *p = self.rounded(bounds.clip(x + scale * d), bounds);
                }
            });
        }
        Ok(())
    }
}

impl Ddn {
    fn rounded(&self, v: f32, bounds: Bounds) -> f32 {
        if self.levels < 2 {
            return v;
        }
        let step = (bounds.hi() - bounds.lo()) / (self.levels - 1) as f32;
        bounds.clip(bounds.lo() + ((v - bounds.lo()) / step).round() * step)
    }
}
