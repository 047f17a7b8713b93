//! The walk of FAB along the decision boundary: what the untargeted and the targeted attack share.

use crate::ascent::logits;
use crate::goal::predicted;
use crate::kept::Closest;
use crate::live::{Live, PerCandidate, Table};
use crate::norms::reductions::dot;
use crate::plane::{PlaneScratch, onto_plane};
use crate::planes::Planes;
use crate::{AttackError, Goal, Stop, Threat};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// One run of FAB.
#[derive(Clone, Copy)]
pub(crate) struct Boundary<'a> {
    pub(crate) steps: usize,
    pub(crate) alpha_max: f32,
    pub(crate) eta: f32,
    pub(crate) beta: f32,
    pub(crate) threat: &'a Threat,
    /// Where it begins: in a random direction from the example, half as far as what is found or as eps; or at the example.
    pub(crate) random: Option<Key>,
    pub(crate) query: u64,
    /// When an example leaves: at the first point within the budget, or after all steps.
    pub(crate) stop: Stop,
    pub(crate) goal: Goal<'a>,
    /// Of each example of the batch its label.
    pub(crate) labels: &'a [usize],
    /// Of each example the class whose boundary is looked for; `None`: that of the nearest.
    pub(crate) targets: Option<&'a [usize]>,
}

impl Boundary<'_> {
    /// Queries of a run at most.
    pub(crate) fn queries(&self) -> u64 {
        2 * self.steps as u64
    }
    /// Walks, and offers each point that reaches the goal.
    pub(crate) fn run<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        mut live: Live,
        closest: &mut Closest<'_>,
    ) -> Result<(), AttackError> {
        let (n, dim, classes, bounds) = (live.len(), x.dim(), model.classes(), model.bounds());
        let (norm, of) = (self.threat.norm, self.threat.norm.get());
        // Without a target a plane for each class but the label.
        let pair = |row: usize, plane: usize, _: &[f32]| {
            let label = self.labels[row];
            [self.targets.map_or(plane + usize::from(plane >= label), |targets| targets[row]), label]
        };
        let mut points = Table::zeros(n, dim);
        let mut planes = Planes::new(n, if self.targets.is_some() { 1 } else { classes - 1 }, classes, dim);
        let (mut d, mut d_clean, mut scratch) = (vec![0.0; dim], vec![0.0; dim], PlaneScratch::default());
        for k in 0..n {
            let (row, point) = (live.row(k), points.row_mut(k));
            point.copy_from_slice(x.row(row));
            if let Some(key) = self.random {
                let radius = self.threat.eps.min(closest.size(row) as f32);
                of.rim(&mut key.rng(live.id(k)), 0.5 * radius, &mut d);
                point.iter_mut().zip(&d).for_each(|(p, a)| *p = bounds.clip(*p + a));
            }
        }
        for step in 0..self.steps {
            if live.is_empty() {
                return Ok(());
            }
            let query = self.query + 2 * step as u64;
            planes.look(model, x, &live, &points, query, &pair)?;
            let m = live.len();
            for k in 0..m {
                let row = live.row(k);
                let Some(plane) = planes.nearest(norm, row, k, &pair) else { continue };
                let (clean, point, w) = (x.row(row), points.row_mut(k), plane.w);
                let b = dot(w, point) - f64::from(plane.gap);
                onto_plane(norm, point, w, b, bounds, &mut d, &mut scratch);
                onto_plane(norm, clean, w, b, bounds, &mut d_clean, &mut scratch);
                let [own, back] = [&d, &d_clean].map(|d| of.size(d).max(1e-8));
                let alpha = ((own / (own + back)) as f32).clamp(0.0, self.alpha_max);
                for (((p, &d), &c), &x) in point.iter_mut().zip(&d).zip(&d_clean).zip(clean) {
                    *p = bounds.clip((*p + self.eta * d) * (1.0 - alpha) + (x + c * self.eta) * alpha);
                }
            }
            logits(model, x, &live, &points, query + 1, &mut planes.z)?;
            let mut gone = vec![false; m];
            for k in 0..m {
                let (row, z) = (live.row(k), planes.z.row(k));
                if predicted(z) == self.labels[row] {
                    continue;
                }
                let (clean, point) = (x.row(row), points.row_mut(k));
                let found = self.goal.reached(row, z) && closest.offer(row, point);
                gone[k] = found && self.stop == Stop::WhenFooled;
                point.iter_mut().zip(clean).for_each(|(p, &x)| *p = x + (*p - x) * self.beta);
            }
            let kept: &mut [&mut dyn PerCandidate] = &mut [&mut points];
            live.retain(|k| !gone[k], kept);
        }
        Ok(())
    }
}
