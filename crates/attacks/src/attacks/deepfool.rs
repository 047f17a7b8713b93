//! DeepFool: steps onto the nearest boundary of a model that is made linear at each point.
//!
//! plane   of each of the likeliest wrong classes f = z_c − z_y with gradient w; that of least |f| / ‖w‖_dual
//! step    r ← r + (|f| / ‖w‖_dual + 10⁻⁴) · the unit change along which w rises fastest, x' = box of (x + (1 + overshoot) r)
//! end     at the first x' that reaches the goal
//! source  Moosavi-Dezfooli, Fawzi and Frossard 2016, arXiv:1511.04599
//!
//! As in the authors' code the next step is taken from the point with its overshoot, and 10⁻⁴ is added to each distance; the paper overshoots in the end only.
//! With a target the one plane is that of the target against the best other class at the point.

use crate::goal::rival;
use crate::nearest::Nearest;
use crate::planes::Planes;
use crate::targets::by_logits;
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Steps onto the nearest linearised boundary.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct DeepFool {
    /// Steps at most.
    pub steps: usize,
    /// How far beyond the sum of the steps the point lies, as a share of it.
    pub overshoot: f32,
    /// Classes that are looked at, the label among them; as many as there are, if there are fewer.
    pub candidates: usize,
}

impl Default for DeepFool {
    /// The paper's: 50 steps, overshoot 0.02, the label and the 9 likeliest other classes.
    fn default() -> Self {
        Self { steps: 50, overshoot: 0.02, candidates: 10 }
    }
}

sparring_math::named! {
    DeepFool: "deepfool", [], "Moosavi-Dezfooli et al. 2016, arXiv:1511.04599";
    steps: Range::COUNT, "steps at most";
    overshoot: Range::at_least(0.0), "how far beyond the sum of the steps the point lies, as a share of it";
    candidates: Range::Whole { low: 2, high: 1_000_000_000_000 }, "classes that are looked at, the label among them";
}

impl DeepFool {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::MinimumNorm,
        norms: &[AnyNorm::L2, AnyNorm::Linf],
        defaults: "at most 50 steps onto the nearest of 9 boundaries, overshoot 0.02",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for DeepFool {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others =
            vec![("overshoot", self.overshoot.to_string()), ("candidates", self.candidates.to_string())];
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
        let turns = match goal {
            Goal::Untargeted(_) => (self.candidates - 1).min(model.classes() - 1),
            Goal::Targeted(_) => 1,
        };
        let orders: Vec<_> = (0..x.len()).map(|row| by_logits(goal, row, search.clean.row(row))).collect();
        let pair = |row: usize, plane: usize, z: &[f32]| match goal {
            Goal::Untargeted(labels) => [orders[row][plane][1], labels[row]],
            Goal::Targeted(to) => [to[row], rival(z, to[row])],
        };
        let mut sum = search.table();
        let mut planes = Planes::new(search.live.len(), turns, model.classes(), x.dim());
        let mut direction = vec![0.0; x.dim()];
        for step in 0..self.steps {
            if search.live.is_empty() {
                break;
            }
            search.planes(&mut planes, step, &pair)?;
            let mut gone = vec![false; search.live.len()];
            search.each(|c| {
                gone[c.k] = c.found;
                let Some(plane) = planes.nearest(threat.norm, c.row, c.k, &pair) else { return };
                norm.steepest(plane.w, &mut direction);
                let distance = f64::from(plane.gap).abs() / (threat.norm.get().dual(plane.w) + 1e-8) + 1e-4;
                let sum = sum.row_mut(c.k).iter_mut().zip(&direction);
                for ((p, &x), (sum, &d)) in c.point.iter_mut().zip(c.x).zip(sum) {
                    *sum += distance as f32 * d;
                    *p = bounds.clip(x + (1.0 + self.overshoot) * *sum);
                }
            });
            search.release(&gone, &mut [&mut sum]);
        }
        search.judge(self.steps)
    }
}
