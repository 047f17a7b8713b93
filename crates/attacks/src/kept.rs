//! What an attack answers: the best that it found for each example.

use crate::ascent::Said;
use crate::live::{Live, Table};
use crate::{L2, Norm, Threat};
use sparring_oracle::Batch;

/// The answer of an attack, the best that was found for each example of the batch so far.
pub(crate) struct Kept<'a> {
    out: &'a mut [f32],
    dim: usize,
    said: Vec<Said>,
}

impl<'a> Kept<'a> {
    /// `out` holds what is said where nothing is found.
    pub(crate) fn new(out: &'a mut [f32], dim: usize) -> Self {
        let said = vec![Said::NOTHING; out.len() / dim];
        Self { out, dim, said }
    }
    /// Takes a point over if it is better than the one kept: reaching the goal beats not reaching it, then the higher value wins.
    pub(crate) fn offer(&mut self, row: usize, point: &[f32], said: Said) {
        if said.beats(self.said[row]) {
            self.said[row] = said;
            self.answer(row, point);
        }
    }
    /// Takes a point over whatever it is worth, unjudged.
    pub(crate) fn answer(&mut self, row: usize, point: &[f32]) {
        self.out[row * self.dim..(row + 1) * self.dim].copy_from_slice(point);
    }
    /// The examples whose goal is not reached.
    pub(crate) fn standing(&self) -> Vec<usize> {
        (0..self.said.len()).filter(|&row| !self.said[row].reached).collect()
    }
}

/// The answer of a minimum-norm attack: of each example the smallest change within the budget so far that reaches the goal, and the example where there is none.
pub(crate) struct Closest<'a> {
    x: Batch<'a>,
    threat: &'a Threat,
    out: &'a mut [f32],
    scores: Vec<f64>,
    change: Vec<f32>,
    /// Changes are compared by β ‖δ‖ + ‖δ‖₂² with this β, instead of by their size ‖δ‖.
    pub(crate) elastic: Option<f32>,
}

impl<'a> Closest<'a> {
    pub(crate) fn new(x: Batch<'a>, threat: &'a Threat, out: &'a mut [f32]) -> Self {
        out.copy_from_slice(x.data());
        let (scores, change) = (vec![f64::INFINITY; x.len()], vec![0.0; x.dim()]);
        Self { x, threat, out, scores, change, elastic: None }
    }
    /// Takes over a point that reaches the goal if it lies within the budget and nearer than the one kept; says whether it did.
    pub(crate) fn offer(&mut self, row: usize, point: &[f32]) -> bool {
        let pairs = point.iter().zip(self.x.row(row));
        self.change.iter_mut().zip(pairs).for_each(|(c, (p, x))| *c = p - x);
        let size = self.threat.norm.get().size(&self.change);
        let score = self.elastic.map_or(size, |beta| f64::from(beta) * size + L2.size(&self.change).powi(2));
        let nearer = size <= f64::from(self.threat.eps) && score < self.scores[row];
        if nearer {
            self.scores[row] = score;
            let dim = self.x.dim();
            self.out[row * dim..(row + 1) * dim].copy_from_slice(point);
        }
        nearer
    }
    /// [`offer`](Self::offer) of each candidate's point.
    pub(crate) fn offer_all(&mut self, live: &Live, points: &Table) {
        for k in 0..live.len() {
            self.offer(live.row(k), points.row(k));
        }
    }
    /// The size of the change that is kept; infinite where there is none.
    pub(crate) fn size(&self, row: usize) -> f64 {
        self.scores[row]
    }
}
