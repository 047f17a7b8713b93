//! A restart of APGD: one walk in the ball, or in L1 one in each of several that shrink.

use super::{Adaptive, Keep, Objective, Said};
use crate::live::{Live, Table};
use crate::{AnyNorm, AttackError, Threat};
use sparring_oracle::{Batch, Differentiable};
use sparring_seed::Key;

/// What the attacks of this family have in common.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) steps: usize,
    pub(crate) rho: f64,
    pub(crate) eot: usize,
    pub(crate) large_first: bool,
}

impl Pace {
    /// Larger balls first are for L1.
    ///
    /// # Errors
    /// [`AttackError::Parameter`] in other norms.
    pub(crate) fn admits(&self, of: &'static str, threat: &Threat) -> Result<(), AttackError> {
        if !self.large_first || threat.norm == AnyNorm::L1 {
            return Ok(());
        }
        let value = format!("true in {}", threat.norm);
        Err(AttackError::Parameter {
            of,
            parameter: "large_first",
            value,
            need: "false in other norms than l1",
        })
    }
    /// The parameters by name, without those that are as ever.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&'static str, String)> {
        let eot = (self.eot > 1).then(|| ("eot", self.eot.to_string()));
        let large = self.large_first.then(|| ("large_first", "true".into()));
        std::iter::once(("rho", self.rho.to_string())).chain(eot).chain(large)
    }
    /// Queries of a restart at most.
    pub(crate) fn queries(&self) -> u64 {
        self.steps.saturating_add(3).saturating_mul(self.eot.max(1)) as u64
    }
    /// The balls, as multiples of eps, and the steps in each.
    fn legs(&self) -> Vec<(f32, usize)> {
        if !self.large_first {
            return vec![(1.0, self.steps)];
        }
        let third = (0.3 * self.steps as f64).ceil() as usize;
        let third = third.min(self.steps / 2);
        vec![(3.0, third), (2.0, third), (1.0, self.steps - 2 * third)]
    }
}

/// A start has the shape of the batch.
///
/// # Errors
/// [`AttackError::Length`].
pub(crate) fn check_start(x: Batch<'_>, start: &[f32]) -> Result<(), AttackError> {
    let (expected, got) = (x.data().len(), start.len());
    if expected == got {
        return Ok(());
    }
    Err(AttackError::Length { what: "numbers of the start", expected, got })
}

/// The walks of one restart.
#[derive(Clone, Copy)]
pub(crate) struct Restart<'a> {
    pub(crate) pace: Pace,
    /// The value before the first step.
    pub(crate) before: f32,
    pub(crate) threat: &'a Threat,
    pub(crate) key: Key,
    pub(crate) query: u64,
    /// These points, row by row of the batch, instead of random ones.
    pub(crate) start: Option<&'a [f32]>,
}

impl Restart<'_> {
    pub(crate) fn run<M: Differentiable + ?Sized>(
        &self,
        model: &M,
        objective: &dyn Objective,
        x: Batch<'_>,
        mut live: Live,
        keep: &mut Keep<'_>,
    ) -> Result<(), AttackError> {
        let (dim, bounds, norm) = (x.dim(), model.bounds(), self.threat.norm.get());
        let Pace { rho, eot, .. } = self.pace;
        let mut points = Table::zeros(live.len(), dim);
        let legs = self.pace.legs();
        for k in 0..live.len() {
            let (row, point) = (live.row(k), points.row_mut(k));
            if let Some(start) = self.start {
                point.copy_from_slice(&start[row * dim..(row + 1) * dim]);
                continue;
            }
            let x = x.row(row);
            if self.threat.norm == AnyNorm::L1 {
                // As its authors begin: normal numbers that reach far beyond the ball, brought into ball and box below.
                let mut rng = self.key.rng(live.id(k));
                point.iter_mut().zip(x).for_each(|(p, x)| *p = x + rng.normal() as f32);
                continue;
            }
            norm.rim(&mut self.key.rng(live.id(k)), legs[0].0 * self.threat.eps, point);
            point.iter_mut().zip(x).for_each(|(p, x)| *p += x);
        }
        let mut query = self.query;
        for (i, &(times, steps)) in legs.iter().enumerate() {
            let threat = Threat { eps: times * self.threat.eps, ..*self.threat };
            for k in 0..live.len() {
                threat.confine(x.row(live.row(k)), bounds, points.row_mut(k));
            }
            let last = i + 1 == legs.len();
            let goes_on = legs.len() > 1 || self.start.is_some();
            let walk = Adaptive { steps, rho, eot, before: self.before, leaves: last, goes_on, query };
            let nobody = &mut |_: usize, _: &[f32], _: Said| ();
            let keep: &mut Keep<'_> = if last { &mut *keep } else { nobody };
            (live, points) = walk.run(model, objective, x, &threat, live, points, keep)?;
            query += ((steps + 1) * eot.max(1)) as u64;
        }
        Ok(())
    }
}
