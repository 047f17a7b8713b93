//! What an attack climbs, asked of a model for all its candidates at once.

use crate::live::{Live, Table};
use crate::pullback::{finite, pullback};
use crate::scratch::Scratch;
use crate::{AttackError, Goal};
use sparring_losses::{AnyClassLoss, RowLoss};
use sparring_oracle::{Batch, Classifier, Differentiable};

/// What is climbed, example by example of the batch.
pub(crate) trait Objective {
    /// The value at these logits, and its derivative in `dz` (overwritten).
    fn eval(&self, row: usize, z: &[f32], dz: &mut [f32]) -> f32;
    /// Whether the goal of the example is reached.
    fn reached(&self, row: usize, z: &[f32]) -> bool;
    /// Both, of the candidates that belong to `rows`: one row of logits and of derivatives for each.
    fn judge(&self, rows: &[usize], z: &[f32], dz: &mut [f32], said: &mut [Said]) {
        let classes = z.len() / rows.len().max(1);
        let each = z.chunks_exact(classes.max(1)).zip(dz.chunks_exact_mut(classes.max(1)));
        for ((&row, (z, dz)), said) in rows.iter().zip(each).zip(said) {
            *said = Said { value: self.eval(row, z, dz), reached: self.reached(row, z) };
        }
    }
}

/// The loss at the label, or minus that at the target.
pub(crate) struct OfClass<'a> {
    pub(crate) goal: Goal<'a>,
    pub(crate) loss: AnyClassLoss,
}

impl Objective for OfClass<'_> {
    fn eval(&self, row: usize, z: &[f32], dz: &mut [f32]) -> f32 {
        let sign = self.goal.sign();
        let value = self.loss.eval(z, &self.goal.classes()[row], dz);
        if sign < 0.0 {
            dz.iter_mut().for_each(|d| *d = -*d);
        }
        sign * value
    }
    fn reached(&self, row: usize, z: &[f32]) -> bool {
        self.goal.reached(row, z)
    }
    fn judge(&self, rows: &[usize], z: &[f32], dz: &mut [f32], said: &mut [Said]) {
        let (m, sign, of) = (rows.len(), self.goal.sign(), self.goal.classes());
        let classes = z.len() / m.max(1);
        let mut values = Scratch::zeros(m);
        self.loss.eval_rows(z, classes, &|k| &of[rows[k]], &mut values, dz);
        if sign < 0.0 {
            dz.iter_mut().for_each(|d| *d = -*d);
        }
        for (((&row, z), value), said) in
            rows.iter().zip(z.chunks_exact(classes.max(1))).zip(&*values).zip(said)
        {
            *said = Said { value: sign * value, reached: self.goal.reached(row, z) };
        }
    }
}

/// What the model said to a candidate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) value: f32,
    pub(crate) reached: bool,
}

impl Said {
    pub(crate) const NOTHING: Self = Self { value: f32::NEG_INFINITY, reached: false };

    /// Of an example of the batch at these logits; the derivative of the objective goes to `dz`.
    pub(crate) fn of(objective: &dyn Objective, row: usize, z: &[f32], dz: &mut [f32]) -> Self {
        Self { value: objective.eval(row, z, dz), reached: objective.reached(row, z) }
    }

    /// Reaching the goal beats not reaching it, then the higher value wins; a tie does not.
    pub(crate) fn beats(self, old: Self) -> bool {
        if self.reached == old.reached { self.value > old.value } else { self.reached }
    }
}

/// The objective at each candidate's point and its gradient there, of the average over `eot` queries of a randomised model from `query` on; the goal is that of the last one.
///
/// # Errors
/// If the model fails, breaks its contract or says something that is not finite.
pub(crate) fn gradients<M: Differentiable + ?Sized>(
    model: &M,
    objective: &dyn Objective,
    x: Batch<'_>,
    live: &Live,
    points: &Table,
    (query, eot): (u64, usize),
    said: &mut [Said],
    grad: &mut Table,
    spare: &mut Table,
) -> Result<(), AttackError> {
    let m = live.len();
    for round in 0..eot.max(1) {
        let to = if round == 0 { &mut *grad } else { &mut *spare };
        let judge = &mut |z: &[f32], dz: &mut [f32]| objective.judge(live.rows(), z, dz, said);
        pullback(model, live.batch(x, points, query + round as u64)?, judge, to.first_mut(m))?;
        if round > 0 {
            let sum = grad.first_mut(m).iter_mut().zip(spare.first(m));
            sum.for_each(|(g, s)| *g += s);
        }
    }
    if eot > 1 {
        let share = 1.0 / eot as f32;
        grad.first_mut(m).iter_mut().for_each(|g| *g *= share);
    }
    Ok(())
}

/// The logits of each candidate's point.
///
/// # Errors
/// If the model fails or says something that is not finite.
pub(crate) fn logits<M: Classifier + ?Sized>(
    model: &M,
    x: Batch<'_>,
    live: &Live,
    points: &Table,
    query: u64,
    z: &mut Table,
) -> Result<(), AttackError> {
    if live.is_empty() {
        return Ok(());
    }
    model.logits(live.batch(x, points, query)?, z.first_mut(live.len()))?;
    match (0..live.len()).find(|&k| !finite(z.row(k))) {
        Some(k) => Err(AttackError::NonFinite { id: live.id(k) }),
        None => Ok(()),
    }
}
