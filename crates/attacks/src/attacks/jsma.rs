//! JSMA, the saliency map attack: pairs of elements pushed to one end of the box, those that help the target most and the other classes least.
//!
//! α_p = ∂Z_t/∂x_p, β_p = Σ_{j≠t} ∂Z_j/∂x_p of the logits;  each step, over all pairs (p, q) of elements that are not at that end:
//!   the pair of largest −(α_p + α_q)(β_p + β_q) with α_p + α_q > 0 and β_p + β_q < 0 is changed by θ (a share of the box; of θ < 0 both signs are the others)
//! end       the goal is reached, no such pair is left, or γ of the elements or the budget ε would be exceeded
//! source    Papernot et al. 2016, arXiv:1511.07528: θ = 1, γ = 14.5 % of the elements; torchattacks has θ = 1 and γ = 10 %, ART θ = 0.1 and γ = 1
//!
//! Without a target the likeliest other class at the example is the target, and any error ends the walk.

use crate::ascent::{Objective, Said, gradients, logits};
use crate::goal::rival;
use crate::live::{Live, Table};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Few elements, changed pair by pair along the saliency map.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Jsma {
    /// Change of an element in a step, as a share of the box.
    pub theta: f32,
    /// Share of the elements that may change, within the budget.
    pub gamma: f64,
}

impl Default for Jsma {
    fn default() -> Self {
        Self { theta: 1.0, gamma: 0.145 }
    }
}

sparring_math::named! {
    Jsma: "jsma", [], "Papernot et al. 2016, arXiv:1511.07528";
    theta: Range::from_to(-1.0, 1.0), "change of an element in a step, as a share of the box; an example whose numbers it no longer changes is done";
    gamma: Range::above_to(0.0, 1.0), "share of the elements that may change, within the budget";
}

/// What the gradient of a saliency map is taken of: the target's logit, or the sum of the others.
struct Logits<'a> {
    goal: Goal<'a>,
    targets: &'a [usize],
    of_target: f32,
}

impl Objective for Logits<'_> {
    fn eval(&self, row: usize, z: &[f32], dz: &mut [f32]) -> f32 {
        dz.fill(1.0 - self.of_target);
        dz[self.targets[row]] = self.of_target;
        z[self.targets[row]]
    }
    fn reached(&self, row: usize, z: &[f32]) -> bool {
        self.goal.reached(row, z)
    }
}

impl Jsma {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: &[AnyNorm::L0],
        defaults: "pairs of elements to the upper end of the box, at most 14.5 % of all",
    };
    /// # Errors
    /// If a parameter is out of its range.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }

    /// The best pair of the elements that `open` holds with their (α, β, 1 if never changed before), of which at most `fresh` may be new.
    fn pair(&self, open: &[(usize, [f32; 2], usize)], fresh: usize) -> Option<[usize; 2]> {
        let sign = self.theta.signum();
        let mut best = (0.0, None);
        for (i, &(p, [ap, bp], new_p)) in open.iter().enumerate() {
            for &(q, [aq, bq], new_q) in &open[i + 1..] {
                let (a, b) = (sign * (ap + aq), sign * (bp + bq));
                if a > 0.0 && b < 0.0 && -a * b > best.0 && new_p + new_q <= fresh {
                    best = (-a * b, Some([p, q]));
                }
            }
        }
        best.1
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Jsma {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![("theta", self.theta.to_string()), ("gamma", self.gamma.to_string())];
        Settings { others, ..Settings::new(0, 1) }
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
        Self::INFO.begin(model, x, goal, threat, out)?;
        let (n, dim, bounds) = (x.len(), x.dim(), model.bounds());
        let most = (threat.eps as usize).min((self.gamma * dim as f64) as usize);
        let mut live = Live::of(x, 0..n);
        let (mut points, mut z) = (Table::zeros(n, dim), Table::zeros(n, model.classes()));
        points.first_mut(n).copy_from_slice(x.data());
        logits(model, x, &live, &points, x.query(), &mut z)?;
        let target = |row: usize| match goal {
            Goal::Targeted(to) => to[row],
            Goal::Untargeted(y) => rival(z.row(row), y[row]),
        };
        let targets: Vec<usize> = (0..n).map(target).collect();
        let mut said = vec![Said::NOTHING; n];
        let (mut rise, mut fall, mut spare) =
            (Table::zeros(n, dim), Table::zeros(n, dim), Table::zeros(n, 0));
        let end = if self.theta > 0.0 { bounds.hi() } else { bounds.lo() };
        let by = self.theta * (bounds.hi() - bounds.lo());
        let mut query = x.query() + 1;
        while !live.is_empty() {
            for (of_target, grad) in [(1.0, &mut rise), (0.0, &mut fall)] {
                let objective = Logits { goal, targets: &targets, of_target };
                gradients(model, &objective, x, &live, &points, (query, 1), &mut said, grad, &mut spare)?;
                query += 1;
            }
            let mut gone = vec![true; live.len()];
            for k in (0..live.len()).filter(|&k| !said[k].reached) {
                let (image, point) = (x.row(live.row(k)), points.row_mut(k));
                let used = (0..dim).filter(|&p| point[p] != image[p]).count();
                let saliency =
                    |p: usize| (p, [rise.row(k)[p], fall.row(k)[p]], usize::from(point[p] == image[p]));
                let open: Vec<_> = (0..dim).filter(|&p| point[p] != end).map(saliency).collect();
                if let Some(pair) = self.pair(&open, most - used) {
                    for &p in pair.iter() {
                        let moved = bounds.clip(point[p] + by);
                        // A step of nothing, or below the rounding of the number, leads nowhere.
                        gone[k] &= moved == point[p];
                        point[p] = moved;
                    }
                }
            }
            for k in (0..live.len()).filter(|&k| gone[k]) {
                let row = live.row(k);
                out[row * dim..(row + 1) * dim].copy_from_slice(points.row(k));
            }
            live.retain(|k| !gone[k], &mut [&mut points]);
        }
        Ok(())
    }
}
