//! Projected ascent with momentum and a step that adapts: the walk of APGD, in L-inf, L2 and, sparse, in L1.

use super::objective::{Objective, Said, gradients};
use crate::live::{Live, PerCandidate, Table};
use crate::{AnyNorm, AttackError, Threat};
use sparring_oracle::{Batch, Bounds, Differentiable};

/// How much of a step is new; the rest is the step before.
const NEW: f32 = 0.75;
/// First checkpoint, what each period is shorter by, and the shortest, as shares of the steps.
const PERIODS: [f64; 3] = [0.22, 0.03, 0.06];
/// L1: the period between checkpoints.
const SPARSE_PERIOD: f64 = 0.04;
/// L1: what the step is divided by, and what it is at least, in parts of eps.
const SPARSE_REDUCTION: f32 = 1.5;
const SPARSE_LEAST: f32 = 0.1;
/// L1: the share of elements that move at first.
const SPARSE_TOP: f32 = 0.2;

fn share_of(steps: usize, share: f64) -> usize {
    ((share * steps as f64) as usize).max(1)
}

/// Told of an example of the batch, a point, and what the model said to it.
pub(crate) type Keep<'a> = dyn FnMut(usize, &[f32], Said) + 'a;

/// One walk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adaptive {
    pub(crate) steps: usize,
    /// The share of steps that must rise for the step to stay.
    pub(crate) rho: f64,
    /// Gradients averaged at each point.
    pub(crate) eot: usize,
    /// The value before the first step: what the first comparison of losses is with.
    pub(crate) before: f32,
    /// Whether a candidate that reaches its goal leaves.
    pub(crate) leaves: bool,
    /// L1: the walk goes on from another, whose changed elements say how many move.
    pub(crate) goes_on: bool,
    pub(crate) query: u64,
}

/// Of each candidate.
#[derive(Clone, Copy, Debug)]
struct State {
    /// Length of a step.
    eta: f32,
    best: f32,
    best_at_check: f32,
    previous: f32,
    rises: usize,
    reduced: bool,
    /// L1: the share of elements that move, and how many the best point has changed at the last checkpoint.
    top: f32,
    changed: f32,
}

/// Everything that is kept of the candidates.
struct Walk {
    points: Table,
    old: Table,
    grad: Table,
    best: Table,
    best_grad: Table,
    spare: Table,
    said: Vec<Said>,
    states: Vec<State>,
}

impl Walk {
    fn retain(&mut self, live: &mut Live, stays: impl FnMut(usize) -> bool) {
        let kept: &mut [&mut dyn PerCandidate] = &mut [
            &mut self.points,
            &mut self.old,
            &mut self.grad,
            &mut self.best,
            &mut self.best_grad,
            &mut self.said,
            &mut self.states,
        ];
        live.retain(stays, kept);
    }
}

fn changed(x: &[f32], point: &[f32]) -> f32 {
    x.iter().zip(point).filter(|(x, p)| x != p).count() as f32
}

impl Adaptive {
    /// Walks on from `points`, which lie in ball and box, one for each candidate. `keep` is told of each candidate that leaves, and in the end of the best point
    /// of each that is left; those come back, with their points.
    pub(crate) fn run<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        objective: &dyn Objective,
        x: Batch<'_>,
        threat: &Threat,
        mut live: Live,
        points: Table,
        keep: &mut Keep<'_>,
    ) -> Result<(Live, Table), AttackError> {
        let (n, dim) = (live.len(), x.dim());
        let table = || Table::zeros(n, dim);
        let sparse = threat.norm == AnyNorm::L1;
        let eta = if sparse { threat.eps } else { 2.0 * threat.eps };
        let mut walk = Walk {
            old: table(),
            grad: table(),
            best: table(),
            best_grad: table(),
            spare: Table::zeros(if self.eot > 1 { n } else { 0 }, dim),
            said: vec![Said::NOTHING; n],
            states: Vec::new(),
            points,
        };
        self.look(model, objective, x, &live, &mut walk, 0)?;
        walk.old.first_mut(n).copy_from_slice(walk.points.first(n));
        walk.best.first_mut(n).copy_from_slice(walk.points.first(n));
        walk.best_grad.first_mut(n).copy_from_slice(walk.grad.first(n));
        for k in 0..n {
            let value = walk.said[k].value;
            let moved = changed(x.row(live.row(k)), walk.points.row(k));
            let (top, changed) =
                if self.goes_on { (moved / dim as f32 / 1.5, moved) } else { (SPARSE_TOP, dim as f32) };
            walk.states.push(State {
                eta,
                best: value,
                best_at_check: value,
                previous: self.before,
                rises: 0,
                reduced: true,
                top,
                changed,
            });
        }
        self.leave(&mut live, &mut walk, keep);
        let mut period =
            if sparse { share_of(self.steps, SPARSE_PERIOD) } else { share_of(self.steps, PERIODS[0]) };
        let mut since = 0;
        let mut scratch = Scratch { z: vec![0.0; dim], sizes: Vec::new() };
        for step in 0..self.steps {
            if live.is_empty() {
                break;
            }
            let new = if step == 0 { 1.0 } else { NEW };
            for k in 0..live.len() {
                let x = x.row(live.row(k));
                advance(&mut walk, k, x, threat, model.bounds(), new, &mut scratch);
            }
            self.look(model, objective, x, &live, &mut walk, step + 1)?;
            for k in 0..live.len() {
                let (value, state) = (walk.said[k].value, &mut walk.states[k]);
                state.rises += usize::from(value > state.previous);
                state.previous = value;
                if value > state.best {
                    state.best = value;
                    walk.best.row_mut(k).copy_from_slice(walk.points.row(k));
                    walk.best_grad.row_mut(k).copy_from_slice(walk.grad.row(k));
                }
            }
            self.leave(&mut live, &mut walk, keep);
            since += 1;
            if since == period {
                for k in 0..live.len() {
                    let state = &mut walk.states[k];
                    let back = if sparse {
                        let moved = changed(x.row(live.row(k)), walk.best.row(k));
                        state.check_sparse(moved, dim, eta)
                    } else {
                        state.check(period, self.rho)
                    };
                    if back {
                        walk.points.row_mut(k).copy_from_slice(walk.best.row(k));
                        walk.grad.row_mut(k).copy_from_slice(walk.best_grad.row(k));
                    }
                }
                since = 0;
                if !sparse {
                    let [_, less, least] = PERIODS.map(|share| share_of(self.steps, share));
                    period = period.saturating_sub(less).max(least);
                }
            }
        }
        for k in 0..live.len() {
            keep(live.row(k), walk.best.row(k), Said { value: walk.states[k].best, reached: false });
        }
        Ok((live, walk.best))
    }

    fn look<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        objective: &dyn Objective,
        x: Batch<'_>,
        live: &Live,
        walk: &mut Walk,
        point: usize,
    ) -> Result<(), AttackError> {
        let query = self.query + (point * self.eot.max(1)) as u64;
        let Walk { points, grad, spare, said, .. } = walk;
        gradients(model, objective, x, live, points, (query, self.eot), said, grad, spare)
    }

    fn leave(&self, live: &mut Live, walk: &mut Walk, keep: &mut Keep<'_>) {
        if !self.leaves {
            return;
        }
        for k in (0..live.len()).filter(|&k| walk.said[k].reached) {
            keep(live.row(k), walk.points.row(k), walk.said[k]);
        }
        let gone: Vec<bool> = walk.said[..live.len()].iter().map(|s| s.reached).collect();
        walk.retain(live, |k| !gone[k]);
    }
}

impl State {
    /// A checkpoint in L-inf and L2: whether the step was halved, and the walk goes back to its best point.
    fn check(&mut self, period: usize, rho: f64) -> bool {
        let few = self.rises as f64 <= period as f64 * rho;
        let stuck = !self.reduced && self.best_at_check >= self.best;
        (self.reduced, self.best_at_check, self.rises) = (few || stuck, self.best, 0);
        if self.reduced {
            self.eta /= 2.0;
        }
        self.reduced
    }
    /// A checkpoint in L1: whether the best point has become sparser, so that the walk goes back to it with whole steps.
    fn check_sparse(&mut self, moved: f32, dim: usize, whole: f32) -> bool {
        let sparser = moved / self.changed < 0.95;
        self.top = moved / dim as f32 / 1.5;
        self.eta = if sparser { whole } else { (self.eta / SPARSE_REDUCTION).max(SPARSE_LEAST * whole) };
        self.changed = moved;
        sparser
    }
}

struct Scratch {
    z: Vec<f32>,
    sizes: Vec<f32>,
}

/// One step of candidate `k`.
fn advance(
    walk: &mut Walk,
    k: usize,
    x: &[f32],
    threat: &Threat,
    bounds: Bounds,
    new: f32,
    scratch: &mut Scratch,
) {
    let (norm, eps) = (threat.norm.get(), threat.eps);
    let State { eta, top, .. } = walk.states[k];
    let grad = walk.grad.row(k);
    let z = &mut scratch.z;
    z.copy_from_slice(walk.points.row(k));
    if threat.norm == AnyNorm::L1 {
        sparse_step(grad, eta, top, z, &mut scratch.sizes);
        norm.confine(x, eps, bounds, z);
        walk.old.row_mut(k).copy_from_slice(walk.points.row(k));
        walk.points.row_mut(k).copy_from_slice(z);
        return;
    }
    norm.step(x, grad, eta, eps, bounds, z);
    let (points, old) = (walk.points.row_mut(k), walk.old.row_mut(k));
    for ((z, p), old) in z.iter_mut().zip(&*points).zip(&mut *old) {
        let last = p - *old;
        *old = *p;
        *z = p + (*z - p) * new + last * (1.0 - new);
    }
    norm.confine(x, eps, bounds, z);
    points.copy_from_slice(z);
}

/// A step of length `eta` in L1 along the signs of the elements of largest gradient, a share `top` of them (more if some are equal).
fn sparse_step(grad: &[f32], eta: f32, top: f32, z: &mut [f32], sizes: &mut Vec<f32>) {
    let n = grad.len();
    sizes.clear();
    sizes.extend(grad.iter().map(|g| g.abs()));
    let at = (((1.0 - top) * n as f32).max(0.0) as usize).min(n - 1);
    let (_, &mut least, _) = sizes.select_nth_unstable_by(at, f32::total_cmp);
    let moves = |g: f32| g.abs() >= least && g != 0.0;
    let count = grad.iter().filter(|g| moves(**g)).count();
    if count == 0 {
        return;
    }
    let each = eta / count as f32;
    for (z, &g) in z.iter_mut().zip(grad) {
        if moves(g) {
            *z += each.copysign(g);
        }
    }
}
