//! The search for the smallest change by gradients: what DeepFool, Carlini and Wagner, EAD, DDN, FMN, σ-zero and PDPGD share.
//!
//! An example that has its goal already is its own answer and never asked for again. Every point that the model sees is offered for the answer, so that
//! an attack only says where the candidates go.

use crate::adam::Adam;
use crate::ascent::{OfClass, Said, gradients, logits};
use crate::kept::Closest;
use crate::live::{Live, PerCandidate, Table};
use crate::planes::{Pair, Planes};
use crate::{AttackError, AttackInfo, Goal, Norm, Threat};
use sparring_losses::AnyClassLoss;
use sparring_oracle::{Batch, Bounds, Differentiable};

/// How far the farthest corner of the box is from each example.
pub(crate) fn farthest(norm: &dyn Norm, x: Batch<'_>, bounds: Bounds) -> Vec<f64> {
    let mut far = vec![0.0; x.dim()];
    let mut of = |row: usize| {
        far.iter_mut().zip(x.row(row)).for_each(|(d, x)| *d = (x - bounds.lo()).max(bounds.hi() - x));
        norm.size(&far)
    };
    (0..x.len()).map(&mut of).collect()
}

/// The candidates of a minimum-norm attack and the nearest points found.
pub(crate) struct Nearest<'a, M: ?Sized> {
    model: &'a M,
    x: Batch<'a>,
    objective: OfClass<'a>,
    closest: Closest<'a>,
    /// The examples that are searched for.
    rows: Vec<usize>,
    /// The logits at each example of the batch.
    pub(crate) clean: Table,
    pub(crate) live: Live,
    /// Of each candidate the point at which the model is asked.
    pub(crate) points: Table,
    grad: Table,
    said: Vec<Said>,
    /// The value of the objective at which the goal counts as reached.
    least: f32,
}

/// One candidate, after the model was asked.
pub(crate) struct Candidate<'c> {
    pub(crate) k: usize,
    /// The example of the batch, and its numbers.
    pub(crate) row: usize,
    pub(crate) id: u64,
    pub(crate) x: &'c [f32],
    pub(crate) point: &'c mut [f32],
    /// The gradient of the objective; without numbers that are not finite.
    pub(crate) grad: &'c mut [f32],
    /// The objective, which rises towards the goal.
    pub(crate) value: f32,
    pub(crate) found: bool,
}

impl<'a, M: Differentiable + ?Sized> Nearest<'a, M> {
    /// Checks everything, and takes up the examples that have not reached their goal; where eps is 0, none.
    pub(crate) fn begin(
        about: &AttackInfo,
        loss: AnyClassLoss,
        model: &'a M,
        x: Batch<'a>,
        goal: Goal<'a>,
        threat: &'a Threat,
        out: &'a mut [f32],
    ) -> Result<Self, AttackError> {
        about.begin(model, x, goal, threat, out)?;
        let (n, dim) = (x.len(), x.dim());
        let mut clean = Table::zeros(n, model.classes());
        let mut points = Table::zeros(n, dim);
        points.first_mut(n).copy_from_slice(x.data());
        logits(model, x, &Live::of(x, 0..n), &points, x.query(), &mut clean)?;
        let standing = |row: &usize| threat.eps > 0.0 && !goal.reached(*row, clean.row(*row));
        let rows: Vec<usize> = (0..n).filter(standing).collect();
        let mut search = Self {
            model,
            x,
            objective: OfClass { goal, loss: loss.unsaturated() },
            closest: Closest::new(x, threat, out),
            live: Live::of(x, []),
            grad: Table::zeros(rows.len(), dim),
            said: vec![Said::NOTHING; rows.len()],
            rows,
            clean,
            points,
            least: f32::NEG_INFINITY,
        };
        search.restart();
        Ok(search)
    }
    /// Counts the goal as reached only where the objective is at least this.
    pub(crate) fn demand(&mut self, least: f32) {
        self.least = least;
    }
    /// Compares changes by β ‖δ‖ + ‖δ‖₂² instead of by their size.
    pub(crate) fn compare_elastic(&mut self, beta: f32) {
        self.closest.elastic = Some(beta);
    }
    /// Takes up all examples again, each at itself.
    pub(crate) fn restart(&mut self) {
        self.live = Live::of(self.x, self.rows.iter().copied());
        for (k, &row) in self.rows.iter().enumerate() {
            self.points.row_mut(k).copy_from_slice(self.x.row(row));
        }
    }
    /// Asks for objective and gradient at the points, as this query of the attack, and offers them.
    pub(crate) fn look(&mut self, query: usize) -> Result<(), AttackError> {
        self.gradient(query)?;
        self.offer();
        Ok(())
    }
    /// As [`look`](Self::look), of points that are no answers.
    pub(crate) fn gradient(&mut self, query: usize) -> Result<(), AttackError> {
        let query = self.query(query);
        let Self { model, x, objective, live, points, grad, said, .. } = self;
        if live.is_empty() {
            return Ok(());
        }
        gradients(*model, objective, *x, live, points, (query, 1), said, grad, &mut Table::zeros(0, 0))?;
        grad.first_mut(live.len()).iter_mut().filter(|g| !g.is_finite()).for_each(|g| *g = 0.0);
        Ok(())
    }
    /// As [`look`](Self::look), with planes in place of the gradient.
    pub(crate) fn planes(
        &mut self,
        planes: &mut Planes,
        query: usize,
        pair: &Pair<'_>,
    ) -> Result<(), AttackError> {
        planes.look(self.model, self.x, &self.live, &self.points, self.query(query), pair)?;
        self.hear(&planes.z);
        Ok(())
    }
    /// Asks for the logits at the points, as this query of the attack, and offers them.
    pub(crate) fn judge(&mut self, query: usize) -> Result<(), AttackError> {
        if self.live.is_empty() {
            return Ok(());
        }
        let mut z = Table::zeros(self.live.len(), self.model.classes());
        logits(self.model, self.x, &self.live, &self.points, self.query(query), &mut z)?;
        self.hear(&z);
        Ok(())
    }
    /// Takes note of what the model said to the points, and offers them.
    fn hear(&mut self, z: &Table) {
        let mut dz = vec![0.0; self.model.classes()];
        for k in 0..self.live.len() {
            self.said[k] = Said::of(&self.objective, self.live.row(k), z.row(k), &mut dz);
        }
        self.offer();
    }
    fn offer(&mut self) {
        for k in (0..self.live.len()).filter(|&k| counts(self.least, self.said[k])) {
            self.closest.offer(self.live.row(k), self.points.row(k));
        }
    }
    /// Goes through the candidates.
    pub(crate) fn each(&mut self, mut go: impl FnMut(Candidate<'_>)) {
        for k in 0..self.live.len() {
            let (row, said) = (self.live.row(k), self.said[k]);
            go(Candidate {
                k,
                row,
                id: self.live.id(k),
                x: self.x.row(row),
                point: self.points.row_mut(k),
                grad: self.grad.row_mut(k),
                value: said.value,
                found: counts(self.least, said),
            });
        }
    }
    /// Lets go of candidates, with what is kept of them elsewhere.
    pub(crate) fn release(&mut self, gone: &[bool], kept: &mut [&mut dyn PerCandidate]) {
        let mut all: Vec<&mut dyn PerCandidate> = vec![&mut self.points, &mut self.grad, &mut self.said];
        for one in kept {
            all.push(&mut **one);
        }
        self.live.retain(|k| !gone[k], &mut all);
    }
    /// Means for a walk by Adam of all candidates.
    pub(crate) fn adam(&self) -> Adam {
        Adam::zeros(self.live.len(), self.x.dim())
    }
    /// Zeros for all candidates.
    pub(crate) fn table(&self) -> Table {
        Table::zeros(self.live.len(), self.x.dim())
    }
    /// The first query was that of the examples themselves.
    fn query(&self, query: usize) -> u64 {
        self.x.query() + 1 + query as u64
    }
}

fn counts(least: f32, said: Said) -> bool {
    said.reached && said.value >= least
}

/// Half a cosine: 1 at the first step, 0 after the last.
pub(crate) fn half_cosine(step: usize, steps: usize) -> f64 {
    f64::midpoint(1.0, (std::f64::consts::PI * step as f64 / steps as f64).cos())
}
