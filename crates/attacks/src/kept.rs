//! What an attack answers: the best that it found for each example.

use crate::ascent::Said;

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
