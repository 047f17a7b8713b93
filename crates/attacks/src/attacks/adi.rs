//! ADI, directed starts of A3 (adaptive auto attack): a few long steps along a random direction of the logits, then up the margin.
//!
//! restart 0      8 or fewer steps up the margin from a random point
//! restart 1      first `start_steps` steps of ε up w · z, w uniform in (−1, 1) for each class (ODI: Tashiro et al. 2020, arXiv:2003.06878)
//! restart r > 1  the same with w_y uniform in (−c/2, c/10) and w_t = 0.8 c, c a tenth of the classes, t the class of (r − 1)-th largest logit at the example without its label,
//!                or the target; of the largest 9, over and over
//! steps          x ← box ∩ ball of (x + α_k · steepest(∇ margin)), α from ε down to ε/1000 (ε/10 if there are 10 steps or fewer) along half a cosine
//! source         Liu et al. 2022, arXiv:2203.05154; authors' code github.com/liuye6666/adaptive_auto_attack
//!
//! Not all of A3: there the signs of w_y and w_t follow from the examples fooled so far, and those of lowest loss are discarded for a while (OSD), so that what is proposed for an example
//! depends on the others. Here every example walks by itself, by the signs that fool most nets.

use crate::ascent::{Objective, OfClass, Said, gradients, offer};
use crate::kept::Kept;
use crate::live::{Live, Table};
use crate::targets::{TargetOrder, Targets};
use crate::{Access, AnyNorm, Attack, AttackError, AttackInfo, AttackKind, Goal, Settings, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::named::{Named, Range};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// Classes at which restarts aim by turns.
const AIMS: usize = 9;

/// Ascent of the margin from starts that lead to one class after another.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Adi {
    /// Steps up the margin in a restart; in the first 8 at most.
    pub steps: usize,
    /// Steps along the direction of the logits before them.
    pub start_steps: usize,
    /// Starts.
    pub restarts: usize,
}

impl Default for Adi {
    /// 11 restarts (none directed, at random, at 9 classes) of 7 and 25 steps: the middle of what A3 takes, 8 to 60.
    fn default() -> Self {
        Self { steps: 25, start_steps: 7, restarts: 11 }
    }
}

sparring_math::named! {
    Adi: "adi", [], "Liu et al. 2022, arXiv:2203.05154";
    steps: Range::COUNT, "gradient steps of a restart up the margin, in the first 8 at most";
    start_steps: Range::COUNT, "steps along a direction of the logits before them";
    restarts: Range::COUNT, "starts";
}

impl Adi {
    /// The row in the table of attacks.
    pub const INFO: AttackInfo = AttackInfo {
        name: Self::NAME,
        aliases: Self::ALIASES,
        paper: Self::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms: AnyNorm::DENSE,
        defaults: "11 restarts of 7 steps towards one class after another and 25 up the margin",
    };
    /// # Errors
    /// If there is no step or restart.
    pub fn validate(&self) -> Result<(), AttackError> {
        Ok(Named::validate(self)?)
    }
    /// The steps of a restart along the logits, and up the margin.
    fn walk(&self, restart: usize) -> (usize, usize) {
        if restart == 0 { (0, self.steps.min(8)) } else { (self.start_steps, self.steps) }
    }
    /// Length of a step of a restart, in eps.
    fn length(&self, restart: usize, step: usize) -> f64 {
        let (along, up) = self.walk(restart);
        let Some(k) = step.checked_sub(along) else { return 1.0 };
        let least = if up <= 10 { 0.1 } else { 0.001 };
        let cosine = (std::f64::consts::PI * k as f64 / (up as f64 + 1.0)).cos();
        least + (1.0 - least) * (1.0 + cosine) / 2.0
    }
}

/// Up w · z, w of each example of the batch.
struct Directed<'a> {
    goal: Goal<'a>,
    w: Table,
}

impl Objective for Directed<'_> {
    fn eval(&self, row: usize, z: &[f32], dz: &mut [f32]) -> f32 {
        let w = self.w.row(row);
        dz.copy_from_slice(w);
        z.iter().zip(w).map(|(z, w)| z * w).sum()
    }
    fn reached(&self, row: usize, z: &[f32]) -> bool {
        self.goal.reached(row, z)
    }
}

impl<'a> Directed<'a> {
    fn draw(goal: Goal<'a>, x: Batch<'_>, classes: usize, aims: Option<&[[usize; 2]]>, key: Key) -> Self {
        let mut w = Table::zeros(x.len(), classes);
        let key = key.named("direction");
        for (row, &id) in x.ids().iter().enumerate() {
            let (mut rng, w) = (key.rng(id), w.row_mut(row));
            rng.fill_uniform_in(-1.0, 1.0, w);
            if let Some(aims) = aims {
                let ([label, target], share) = (aims[row], classes as f32 / 10.0);
                w[label] = share * rng.uniform_in(-0.5, 0.1);
                w[target] = share * 0.8;
            }
        }
        Self { goal, w }
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for Adi {
    fn about(&self) -> &'static AttackInfo {
        &Self::INFO
    }
    fn settings(&self) -> Settings {
        let others = vec![("start_steps", self.start_steps.to_string())];
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
        self.validate()?;
        Self::INFO.begin(model, x, goal, threat, out)?;
        let (dim, bounds, norm) = (x.dim(), model.bounds(), threat.norm.get());
        let margin = OfClass { goal, loss: AnyClassLoss::Margin };
        let targets = Targets::rank(model, x, goal, norm, AIMS, TargetOrder::Logits, x.query())?;
        let mut query = x.query() + TargetOrder::Logits.queries();
        let mut kept = Kept::new(out, dim);
        for row in (0..x.len()).filter(|&row| goal.reached(row, targets.z.row(row))) {
            kept.offer(row, x.row(row), Said { value: f32::INFINITY, reached: true });
        }
        for restart in 0..self.restarts {
            let (mut live, key) = (Live::of(x, kept.standing()), key.child(restart as u64));
            if live.is_empty() {
                return Ok(());
            }
            let n = live.len();
            let (mut points, mut grad) = (Table::zeros(n, dim), Table::zeros(n, dim));
            let mut said = vec![Said::NOTHING; n];
            for k in 0..n {
                let (x, point) = (x.row(live.row(k)), points.row_mut(k));
                norm.uniform(&mut key.rng(live.id(k)), threat.eps, point);
                point.iter_mut().zip(x).for_each(|(p, x)| *p += x);
                threat.confine(x, bounds, point);
            }
            let aims = restart.checked_sub(2).map(|turn| targets.pairs(turn % targets.turns));
            let directed = Directed::draw(goal, x, model.classes(), aims.as_deref(), key);
            let (along, up) = self.walk(restart);
            for i in 0..along + up {
                if live.is_empty() {
                    break;
                }
                let objective: &dyn Objective = if i < along { &directed } else { &margin };
                let (asked, spare) = ((query + i as u64, 1), &mut Table::zeros(0, dim));
                gradients(model, objective, x, &live, &points, asked, &mut said, &mut grad, spare)?;
                for k in (0..live.len()).filter(|&k| said[k].reached) {
                    kept.offer(live.row(k), points.row(k), said[k]);
                }
                live.retain(|k| !said[k].reached, &mut [&mut points, &mut grad]);
                let step = (self.length(restart, i) * f64::from(threat.eps)) as f32;
                for k in 0..live.len() {
                    let x = x.row(live.row(k));
                    norm.step(x, grad.row(k), step, threat.eps, bounds, points.row_mut(k));
                }
            }
            offer(model, &margin, x, &live, &points, query + (along + up) as u64, &mut kept)?;
            query += (along + up) as u64 + 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_shrink_along_half_a_cosine() {
        let adi = Adi::default();
        let lengths = |restart, steps| (0..steps).map(|i| adi.length(restart, i)).collect::<Vec<_>>();
        let (first, other) = (lengths(0, 8), lengths(3, 32));
        assert_eq!(
            (adi.walk(0), adi.walk(3), first[0], other[6], other[7]),
            ((0, 8), (7, 25), 1.0, 1.0, 1.0)
        );
        assert!(other[7..].windows(2).all(|two| two[0] > two[1]) && other[31] < 0.02 && first[7] > 0.1);
    }

    #[test]
    fn directions_lead_from_the_label_to_the_class() {
        let (data, ids, y) = ([0.5; 200], (0..200).collect::<Vec<u64>>(), [3; 200]);
        let x = Batch::new(&data, [1, 1, 1], &ids).unwrap();
        let aims = [[3, 1]; 200];
        let draw = |aims| Directed::draw(Goal::Untargeted(&y), x, 10, aims, Key::new(1));
        let (any, aimed) = (draw(None), draw(Some(&aims[..])));
        for row in 0..200 {
            let w = aimed.w.row(row);
            assert!(w[1] == 0.8 && (-0.5..0.1).contains(&w[3]) && w.iter().all(|w| w.abs() <= 1.0));
            assert!(any.w.row(row)[0] == w[0] && any.w.row(row)[3] != w[3]);
        }
    }
}
