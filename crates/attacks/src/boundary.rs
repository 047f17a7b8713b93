//! The walk of FAB along the decision boundary: what the untargeted and the targeted attack share.

use crate::ascent::logits;
use crate::goal::predicted;
use crate::live::{Live, PerCandidate, Table};
use crate::plane::onto_plane;
use crate::pullback::pullbacks;
use crate::{AnyNorm, AttackError, Goal, Threat};
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
    /// Where it begins: half of eps from the example in a random direction, or at the example.
    pub(crate) random: Option<Key>,
    pub(crate) query: u64,
    /// What ends the walk of an example, within the budget.
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
    /// Walks; `found(row, point)` is told of each example that comes within the budget, which leaves.
    pub(crate) fn run<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        mut live: Live,
        found: &mut dyn FnMut(usize, &[f32]),
    ) -> Result<(), AttackError> {
        let (n, dim, classes, bounds) = (live.len(), x.dim(), model.classes(), model.bounds());
        let (norm, of) = (self.threat.norm, self.threat.norm.get());
        let planes = if self.targets.is_some() { 1 } else { classes };
        let (mut points, mut z) = (Table::zeros(n, dim), Table::zeros(n, classes));
        let mut grads = Table::zeros(n * planes, dim);
        let (mut d, mut d_clean, mut order) = (vec![0.0; dim], vec![0.0; dim], Vec::new());
        for k in 0..n {
            let (x, point) = (x.row(live.row(k)), points.row_mut(k));
            point.copy_from_slice(x);
            if let Some(key) = self.random {
                of.rim(&mut key.rng(live.id(k)), 0.5 * self.threat.eps, &mut d);
                point.iter_mut().zip(&d).for_each(|(p, a)| *p = bounds.clip(*p + a));
            }
        }
        let mut w = vec![0.0; dim];
        for step in 0..self.steps {
            if live.is_empty() {
                return Ok(());
            }
            let query = self.query + 2 * step as u64;
            self.look(model, x, &live, &points, query, planes, &mut z, &mut grads)?;
            let m = live.len();
            for k in 0..m {
                let row = live.row(k);
                let (clean, label, z) = (x.row(row), self.labels[row], z.row(k));
                let plane = self.nearest(norm, row, label, z, &grads, (k, m), &mut w);
                let Some(gap) = plane else { continue };
                let point = points.row_mut(k);
                let at: f64 = w.iter().zip(&*point).map(|(&w, &p)| f64::from(w) * f64::from(p)).sum();
                let b = at - f64::from(gap);
                onto_plane(norm, point, &w, b, bounds, &mut d, &mut order);
                onto_plane(norm, clean, &w, b, bounds, &mut d_clean, &mut order);
                let [own, back] = [&d, &d_clean].map(|d| of.size(d).max(1e-8));
                let alpha = ((own / (own + back)) as f32).clamp(0.0, self.alpha_max);
                for (((p, &d), &c), &x) in point.iter_mut().zip(&d).zip(&d_clean).zip(clean) {
                    *p = bounds.clip((*p + self.eta * d) * (1.0 - alpha) + (x + c * self.eta) * alpha);
                }
            }
            logits(model, x, &live, &points, query + 1, &mut z)?;
            let mut gone = vec![false; m];
            for k in 0..m {
                let row = live.row(k);
                if predicted(z.row(k)) == self.labels[row] {
                    continue;
                }
                let (clean, point) = (x.row(row), points.row_mut(k));
                d.iter_mut().zip(&*point).zip(clean).for_each(|((d, p), x)| *d = p - x);
                if self.goal.reached(row, z.row(k)) && of.size(&d) <= f64::from(self.threat.eps) {
                    found(row, point);
                    gone[k] = true;
                }
                point.iter_mut().zip(clean).for_each(|(p, &x)| *p = x + (*p - x) * self.beta);
            }
            let kept: &mut [&mut dyn PerCandidate] = &mut [&mut points];
            live.retain(|k| !gone[k], kept);
        }
        Ok(())
    }

    /// The logits at the points, and the gradients of the differences that are planes: of each class to the label, or of the target to it.
    fn look<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        x: Batch<'_>,
        live: &Live,
        points: &Table,
        query: u64,
        planes: usize,
        z: &mut Table,
        grads: &mut Table,
    ) -> Result<(), AttackError> {
        let (m, classes) = (live.len(), model.classes());
        let batch = live.batch(x, points, query)?;
        let zs = z.first_mut(m);
        let cotangent = &mut |plane: usize, logits: &[f32], dz: &mut [f32]| {
            zs.copy_from_slice(logits);
            for (k, dz) in dz.chunks_exact_mut(classes).enumerate() {
                let row = live.row(k);
                dz[self.targets.map_or(plane, |t| t[row])] += 1.0;
                dz[self.labels[row]] -= 1.0;
            }
        };
        pullbacks(model, batch, planes, cotangent, grads.first_mut(m * planes))
    }

    /// Writes the gradient of the nearest plane into `w` and returns the difference of logits there; `None` if no gradient is to be had.
    fn nearest(
        &self,
        norm: AnyNorm,
        row: usize,
        label: usize,
        z: &[f32],
        grads: &Table,
        (k, m): (usize, usize),
        w: &mut [f32],
    ) -> Option<f32> {
        let plane_of = |plane: usize| grads.row(plane * m + k);
        let (gap, plane) = match self.targets {
            Some(targets) => (z[targets[row]] - z[label], 0),
            None => {
                let gap = |class: usize| z[class] - z[label];
                let distance =
                    |class: usize| f64::from(gap(class)).abs() / (1e-12 + norm.get().dual(plane_of(class)));
                let others =
                    (0..z.len()).filter(|&class| class != label).map(|class| (distance(class), class));
                let (_, class) = others.min_by(|a, b| a.0.total_cmp(&b.0))?;
                (gap(class), class)
            }
        };
        w.copy_from_slice(plane_of(plane));
        w.iter().all(|w| w.is_finite()).then_some(gap)
    }
}
