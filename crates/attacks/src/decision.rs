//! What attacks that see labels alone share: a start that reaches the goal, the way back to the boundary, its normal, and the smallest change so far.

use crate::ascent::logits;
use crate::draw::Draw;
use crate::live::{Live, PerCandidate, Table};
use crate::{AnyNorm, AttackError, Goal};
use sparring_oracle::{Batch, Bounds, Classifier};
use sparring_seed::Key;

/// A model of which only the decisions are looked at.
pub(crate) struct Decision<'a, M: ?Sized> {
    model: &'a M,
    x: Batch<'a>,
    goal: Goal<'a>,
    z: Table,
    /// The number of the next query. It is counted by what an attack may ask, not by what it asks, so that it does not depend on the examples beside one.
    pub(crate) query: u64,
}

impl<'a, M: Classifier + ?Sized> Decision<'a, M> {
    pub(crate) fn new(model: &'a M, x: Batch<'a>, goal: Goal<'a>) -> Self {
        Self { model, x, goal, z: Table::zeros(x.len(), model.classes()), query: x.query() }
    }

    /// One query: of each candidate, whether its point reaches the goal.
    pub(crate) fn reached(&mut self, live: &Live, points: &Table) -> Result<Vec<bool>, AttackError> {
        self.query += 1;
        logits(self.model, self.x, live, points, self.query - 1, &mut self.z)?;
        Ok((0..live.len()).map(|k| self.goal.reached(live.row(k), self.z.row(k))).collect())
    }

    /// The examples that do not reach the goal by themselves, each at a point that does: the given one, or the first that does of `tries` random images.
    /// The others are left out. With each goes the number of queries that it took.
    ///
    /// The images are noise uniform in the box, as in the papers; every second one is uniform between two random levels, since noise of full contrast may
    /// be of one class always.
    pub(crate) fn starts(
        &mut self,
        given: Option<&[f32]>,
        tries: usize,
        key: Key,
    ) -> Result<(Live, Table, Vec<u64>), AttackError> {
        let (x, bounds, n) = (self.x, self.model.bounds(), self.x.len());
        let (expected, got) = (x.data().len(), given.map_or(x.data().len(), <[f32]>::len));
        if expected != got {
            return Err(AttackError::Length { what: "numbers of the start", expected, got });
        }
        let mut live = Live::of(x, 0..n);
        let (mut points, mut found) = (Table::zeros(n, x.dim()), Table::zeros(n, x.dim()));
        points.first_mut(n).copy_from_slice(x.data());
        let done = self.reached(&live, &points)?;
        live.retain(|k| !done[k], &mut []);
        let mut rows = Vec::new();
        for which in 0..if given.is_some() { 1 } else { tries } {
            let key = key.child(which as u64);
            for k in 0..live.len() {
                let point = points.row_mut(k);
                if let Some(given) = given {
                    let row = live.row(k) * x.dim()..(live.row(k) + 1) * x.dim();
                    point.iter_mut().zip(&given[row]).for_each(|(p, &g)| *p = bounds.clip(g));
                    continue;
                }
                let mut rng = key.rng(live.id(k));
                let (lo, hi) = if which % 2 == 0 {
                    (bounds.lo(), bounds.hi())
                } else {
                    let levels = [(); 2].map(|()| rng.uniform_in(bounds.lo(), bounds.hi()));
                    (levels[0].min(levels[1]), levels[0].max(levels[1]))
                };
                rng.fill_uniform_in(lo, hi, point);
            }
            let hit = self.reached(&live, &points)?;
            for k in (0..live.len()).filter(|&k| hit[k]) {
                rows.push((live.row(k), which as u64 + 2));
                found.row_mut(live.row(k)).copy_from_slice(points.row(k));
            }
            live.retain(|k| !hit[k], &mut []);
            if live.is_empty() {
                break;
            }
        }
        self.query = x.query() + 1 + if given.is_some() { 1 } else { tries as u64 };
        rows.sort_unstable();
        rows.iter().enumerate().for_each(|(k, &(row, _))| found.shift(row, k));
        Ok((Live::of(x, rows.iter().map(|r| r.0)), found, rows.iter().map(|r| r.1).collect()))
    }

    /// Moves each point, which reaches the goal, towards its example until it just does, by `halvings` queries: on the line between them, in L-inf by clipping the change.
    pub(crate) fn bisect(
        &mut self,
        norm: AnyNorm,
        live: &Live,
        points: &mut Table,
        halvings: u32,
    ) -> Result<(), AttackError> {
        let (x, bounds, m) = (self.x, self.model.bounds(), live.len());
        let mut trial = Table::zeros(m, x.dim());
        // Of the change: the largest share that was seen not to reach the goal, the smallest that was.
        let mut between = vec![(0.0_f64, 1.0_f64); m];
        for _ in 0..halvings {
            for k in 0..m {
                let middle = 0.5 * (between[k].0 + between[k].1);
                share(norm, bounds, x.row(live.row(k)), points.row(k), middle, trial.row_mut(k));
            }
            for (k, hit) in self.reached(live, &trial)?.into_iter().enumerate() {
                let middle = 0.5 * (between[k].0 + between[k].1);
                *(if hit { &mut between[k].1 } else { &mut between[k].0 }) = middle;
            }
        }
        for k in (0..m).filter(|&k| between[k].1 < 1.0) {
            share(norm, bounds, x.row(live.row(k)), points.row(k), between[k].1, trial.row_mut(k));
            points.row_mut(k).copy_from_slice(trial.row(k));
        }
        Ok(())
    }

    /// Writes for each candidate the direction in which its point, on the boundary, is left for the side of the goal fastest, as estimated by so many queries at these widths around it.
    pub(crate) fn normals(
        &mut self,
        norm: AnyNorm,
        live: &Live,
        points: &Table,
        widths: &[f32],
        (samples, key): (usize, Key),
        direction: &mut Table,
    ) -> Result<(), AttackError> {
        let (m, dim, bounds) = (live.len(), self.x.dim(), self.model.bounds());
        let (mut trial, mut u) = (Table::zeros(m, dim), Table::zeros(m, dim));
        // The sums of φ u and of u, and of φ.
        let (mut weighted, mut plain, mut signs) =
            (Table::zeros(m, dim), Table::zeros(m, dim), vec![0.0_f32; m]);
        let mut draw = Draw::new(dim);
        for sample in 0..samples {
            let key = key.child(sample as u64);
            for k in 0..m {
                let (mut rng, u) = (key.rng(live.id(k)), u.row_mut(k));
                match norm {
                    AnyNorm::Linf => rng.fill_uniform_in(-1.0, 1.0, u),
                    _ => draw.normals(&mut rng, u),
                }
                let scale = widths[k] / (AnyNorm::L2.get().size(u).max(1e-12) as f32);
                for ((u, t), &p) in u.iter_mut().zip(trial.row_mut(k)).zip(points.row(k)) {
                    *t = bounds.clip(p + *u * scale);
                    *u = *t - p;
                }
            }
            for (k, hit) in self.reached(live, &trial)?.into_iter().enumerate() {
                let sign = if hit { 1.0 } else { -1.0 };
                signs[k] += sign;
                for ((w, s), u) in weighted.row_mut(k).iter_mut().zip(plain.row_mut(k)).zip(u.row(k)) {
                    *w += sign * u;
                    *s += u;
                }
            }
        }
        for k in 0..m {
            let mean = signs[k] / samples as f32;
            // All on one side: nothing to compare with.
            let mean = if mean.abs() == 1.0 { 0.0 } else { mean };
            let g: Vec<f32> = weighted.row(k).iter().zip(plain.row(k)).map(|(w, s)| w - mean * s).collect();
            norm.get().steepest(&g, direction.row_mut(k));
        }
        Ok(())
    }
}

/// The point with this share of the change.
fn share(norm: AnyNorm, bounds: Bounds, x: &[f32], point: &[f32], share: f64, out: &mut [f32]) {
    let all = out.iter_mut().zip(x).zip(point);
    if norm == AnyNorm::Linf {
        let most = (share * size(norm, x, point)) as f32;
        all.for_each(|((o, &x), &p)| *o = bounds.clip(x + (p - x).clamp(-most, most)));
    } else {
        all.for_each(|((o, &x), &p)| *o = bounds.clip((f64::from(x) + share * f64::from(p - x)) as f32));
    }
}

/// ‖point − x‖.
pub(crate) fn size(norm: AnyNorm, x: &[f32], point: &[f32]) -> f64 {
    let change: Vec<f32> = point.iter().zip(x).map(|(p, x)| p - x).collect();
    norm.get().size(&change)
}
