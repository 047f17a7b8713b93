//! The survivors of a batch: candidates kept side by side, the best of each example kept in the output.

use super::Said;
use crate::scratch::Scratch;
use crate::{AttackError, Goal, Stop};
use sparring_losses::{AnyClassLoss, RowLoss};
use sparring_oracle::{Batch, Classifier, Differentiable};

/// Every buffer of an attack. Candidates of the examples still in play are compact in `adv[..m·dim]`,
/// so that the model sees no example whose fate is known.
pub(crate) struct Search<'a> {
    x: Batch<'a>,
    goal: Goal<'a>,
    loss: AnyClassLoss,
    stop: Stop,
    classes: usize,
    out: &'a mut [f32],
    adv: Scratch,
    /// Which example of the batch each candidate belongs to, and its id.
    rows: Vec<usize>,
    ids: Vec<u64>,
    /// Of each candidate, as last judged; where the losses are written first.
    verdicts: Vec<Said>,
    losses: Scratch,
    /// Of each example: the verdict on what `out` holds; none yet in the first restart.
    kept: Vec<Option<Said>>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        x: Batch<'a>,
        goal: Goal<'a>,
        loss: AnyClassLoss,
        stop: Stop,
        classes: usize,
        out: &'a mut [f32],
    ) -> Self {
        let n = x.len();
        let adv = Scratch::zeros(x.data().len());
        let (rows, ids) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let verdicts = vec![Said::NOTHING; n];
        let losses = Scratch::zeros(n);
        // The direction is that of the loss asked for, and it never vanishes.
        let loss = loss.unsaturated();
        Self { x, goal, loss, stop, classes, out, adv, rows, ids, verdicts, losses, kept: vec![None; n] }
    }

    /// Takes up all examples in play again; `place(row, id, x, adv)` writes where each starts.
    pub(crate) fn begin(&mut self, mut place: impl FnMut(usize, u64, &[f32], &mut [f32])) {
        let dim = self.x.dim();
        self.rows.clear();
        self.ids.clear();
        for (row, &id) in self.x.ids().iter().enumerate() {
            if self.stop == Stop::WhenFooled && self.kept[row].is_some_and(|v| v.reached) {
                continue;
            }
            let k = self.rows.len();
            place(row, id, self.x.row(row), &mut self.adv[k * dim..(k + 1) * dim]);
            self.rows.push(row);
            self.ids.push(id);
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rows.is_empty()
    }

    /// One pull-back of all candidates, as this query of the attack; `grad` receives the gradient of the objective (to be climbed).
    pub(crate) fn pullback<M: Differentiable + ?Sized>(
        &mut self,
        model: &M,
        query: u64,
        grad: &mut [f32],
    ) -> Result<(), AttackError> {
        let m = self.rows.len();
        let (dim, expected) = (self.x.dim(), m * self.classes);
        let batch = Batch::new(&self.adv[..m * dim], self.x.shape(), &self.ids)?.with_query(query);
        let (mut calls, mut got, mut bad) = (0, 0, None);
        let (goal, loss, classes) = (self.goal, &self.loss, self.classes);
        let (rows, losses, verdicts) = (&self.rows, &mut self.losses[..m], &mut self.verdicts);
        model.pullback(
            batch,
            &mut |z, dz| {
                (calls, got) = (calls + 1, z.len().min(dz.len()));
                if z.len() == expected && dz.len() == expected {
                    bad = judge(goal, loss, classes, rows, z, dz, losses, verdicts);
                }
            },
            &mut grad[..m * dim],
        )?;
        match bad {
            _ if calls != 1 || got != expected => Err(AttackError::Cotangent { calls, expected, got }),
            Some(k) => Err(AttackError::NonFinite { id: self.ids[k] }),
            None => Ok(()),
        }
    }

    /// Lets go of the candidates that have reached the goal, keeping them; `step(x, grad, adv)` moves the others on.
    pub(crate) fn advance(&mut self, grad: &[f32], mut step: impl FnMut(&[f32], &[f32], &mut [f32])) {
        let (dim, mut m) = (self.x.dim(), 0);
        for k in 0..self.rows.len() {
            let row = self.rows[k];
            if self.stop == Stop::WhenFooled && self.verdicts[k].reached {
                self.keep(k);
                continue;
            }
            if m < k {
                self.adv.copy_within(k * dim..(k + 1) * dim, m * dim);
                self.rows[m] = row;
                self.ids[m] = self.ids[k];
            }
            step(self.x.row(row), &grad[k * dim..(k + 1) * dim], &mut self.adv[m * dim..(m + 1) * dim]);
            m += 1;
        }
        self.rows.truncate(m);
        self.ids.truncate(m);
    }

    /// Ends the only restart: what is left is the answer, and needs no judging.
    pub(crate) fn keep_all(&mut self) {
        for k in 0..self.rows.len() {
            self.verdicts[k] = Said::NOTHING;
            self.keep(k);
        }
    }

    /// Ends one of several restarts: one forward, and each example keeps the better of old and new.
    pub(crate) fn keep_better<M: Classifier + ?Sized>(
        &mut self,
        model: &M,
        query: u64,
        logits: &mut [f32],
        scratch: &mut [f32],
    ) -> Result<(), AttackError> {
        let m = self.rows.len();
        if m == 0 {
            return Ok(());
        }
        let batch = Batch::new(&self.adv[..m * self.x.dim()], self.x.shape(), &self.ids)?.with_query(query);
        let (z, dz) = (&mut logits[..m * self.classes], &mut scratch[..m * self.classes]);
        model.logits(batch, z)?;
        let (losses, verdicts) = (&mut self.losses[..m], &mut self.verdicts);
        if let Some(k) = judge(self.goal, &self.loss, self.classes, &self.rows, z, dz, losses, verdicts) {
            return Err(AttackError::NonFinite { id: self.ids[k] });
        }
        for k in 0..m {
            let new = self.verdicts[k];
            if self.kept[self.rows[k]].is_none_or(|old| new.beats(old)) {
                self.keep(k);
            }
        }
        Ok(())
    }

    fn keep(&mut self, k: usize) {
        let (row, dim) = (self.rows[k], self.x.dim());
        self.out[row * dim..(row + 1) * dim].copy_from_slice(&self.adv[k * dim..(k + 1) * dim]);
        self.kept[row] = Some(self.verdicts[k]);
    }
}

/// Objective and goal of each candidate, and the objective's gradient in `dz`; the first one with a non-finite logit.
fn judge(
    goal: Goal<'_>,
    loss: &AnyClassLoss,
    classes: usize,
    rows: &[usize],
    z: &[f32],
    dz: &mut [f32],
    losses: &mut [f32],
    verdicts: &mut [Said],
) -> Option<usize> {
    let sign = goal.sign();
    loss.eval_rows(z, classes, &|k| &goal.classes()[rows[k]], losses, dz);
    if sign < 0.0 {
        dz.iter_mut().for_each(|d| *d = -*d);
    }
    let mut bad = None;
    for (k, ((z, &row), verdict)) in z.chunks_exact(classes).zip(rows).zip(verdicts).enumerate() {
        if z.iter().fold(true, |all, z| all & z.is_finite()) {
            *verdict = Said { reached: goal.reached(row, z), value: sign * losses[k] };
        } else {
            bad = bad.or(Some(k));
            dz[k * classes..(k + 1) * classes].fill(0.0);
        }
    }
    bad
}
