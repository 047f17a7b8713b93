//! σ-zero: few changed elements, by gradient steps on a smooth count of them.
//!
//! minimise   max(z_y − max z_i, 0) + (1/d) Σ δ_i² / (δ_i² + σ) by Adam on the gradient over its largest element, in the box
//! threshold  δ_i ← 0 where |δ_i| < τ; τ rises by 0.01 of the step size at a point that reaches the goal, and falls by as much at others
//! source     Cina et al. 2025, arXiv:2402.01879, algorithm 1
//!
//! In the authors' code the threshold never changes: it is adapted in a copy that an index makes. Here it is, as in the paper and in adv-lib, whose order of step size and
//! threshold this is. The paper takes 1,000 steps, the authors' code 100 where nothing is said. With a target the hinge is that of the target.

use crate::ascent::LENGTH;
use crate::nearest::{Nearest, half_cosine};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Adam on the goal and on a smooth count of the changed elements, of which the small are taken back.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct SigmaZero {
    /// Gradient steps.
    pub steps: usize,
    /// Adam's step size; it falls to a tenth by half a cosine.
    pub step_size: f32,
    /// How smooth the count of changed elements is.
    pub sigma: f32,
    /// Below it a change is taken back, at first.
    pub threshold: f32,
    /// By how much of the step size the threshold rises at a point that reaches the goal and falls at others.
    pub adapt: f32,
}

impl Default for SigmaZero {
    /// The paper's: 1,000 steps from 1 to 0.1, σ 0.001, threshold 0.3, adapted by 0.01.
    fn default() -> Self {
        Self { steps: 1_000, step_size: 1.0, sigma: 1e-3, threshold: 0.3, adapt: 0.01 }
    }
}

sparring_math::named! {
    SigmaZero: "sigma-zero", [], "Cina et al. 2025, arXiv:2402.01879";
    steps: Range::COUNT, "gradient steps";
    step_size: LENGTH, "Adam's first step size";
    sigma: LENGTH, "how smooth the count of changed elements is";
    threshold: Range::at_least(0.0), "below it a change is taken back, at first";
    adapt: Range::at_least(0.0), "by how much of the step size the threshold rises and falls";
}

impl SigmaZero {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: &[AnyNorm::L0],
        defaults: "1,000 steps of Adam on a smooth count of the changed elements",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for SigmaZero {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![
            ("step_size", self.step_size.to_string()),
            ("sigma", self.sigma.to_string()),
            ("threshold", self.threshold.to_string()),
            ("adapt", self.adapt.to_string()),
        ];
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
        let (bounds, mut adam) = (model.bounds(), search.adam());
        let width = bounds.hi() - bounds.lo();
        let mut thresholds = vec![self.threshold; x.len()];
        let count = 2.0 * self.sigma / x.dim() as f32;
        let mut rate = self.step_size;
        for step in 0..self.steps {
            search.look(step)?;
            let next = self.step_size * (0.1 + 0.9 * half_cosine(step, self.steps)) as f32;
            search.each(|c| {
                let pull = if c.value <= 0.0 { 1.0 } else { 0.0 };
                let mut largest = 1e-12_f32;
                for ((g, &p), &x) in c.grad.iter_mut().zip(&*c.point).zip(c.x) {
                    let change = p - x;
                    *g = count * change / (change * change + self.sigma).powi(2) - pull * *g;
                    largest = largest.max(g.abs());
                }
                c.grad.iter_mut().for_each(|g| *g /= largest);
                adam.direct(c.k, step + 1, c.grad);
                let threshold = &mut thresholds[c.row];
                *threshold += self.adapt * if c.found { next } else { -next };
                *threshold = threshold.clamp(0.0, width);
                for ((p, &d), &x) in c.point.iter_mut().zip(&*c.grad).zip(c.x) {
                    let moved = bounds.clip(*p - rate * d);
                    *p = if (moved - x).abs() < *threshold { x } else { moved };
                }
            });
            rate = next;
        }
        Ok(())
    }
}
