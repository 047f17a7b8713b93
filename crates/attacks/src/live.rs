//! The examples of a batch that are still attacked, and what an attack keeps of each: compact, so that the model sees no example whose fate is known.

use crate::AttackError;
use crate::scratch::Scratch;
use sparring_oracle::Batch;

/// Something kept for each candidate, in their order.
pub(crate) trait PerCandidate {
    /// Overwrites the entry `to` by the entry `from`.
    fn shift(&mut self, from: usize, to: usize);
}

/// A row of numbers for each candidate.
#[derive(Debug)]
pub(crate) struct Table {
    width: usize,
    numbers: Scratch,
}

impl Table {
    /// Rows of zeros.
    pub(crate) fn zeros(rows: usize, width: usize) -> Self {
        Self { width, numbers: Scratch::zeros(rows * width) }
    }
    pub(crate) fn row(&self, k: usize) -> &[f32] {
        &self.numbers[k * self.width..(k + 1) * self.width]
    }
    pub(crate) fn row_mut(&mut self, k: usize) -> &mut [f32] {
        &mut self.numbers[k * self.width..(k + 1) * self.width]
    }
    /// The first rows.
    pub(crate) fn first(&self, rows: usize) -> &[f32] {
        &self.numbers[..rows * self.width]
    }
    pub(crate) fn first_mut(&mut self, rows: usize) -> &mut [f32] {
        &mut self.numbers[..rows * self.width]
    }
}

impl PerCandidate for Table {
    fn shift(&mut self, from: usize, to: usize) {
        self.numbers.copy_within(from * self.width..(from + 1) * self.width, to * self.width);
    }
}

impl<T: Copy> PerCandidate for Vec<T> {
    fn shift(&mut self, from: usize, to: usize) {
        self[to] = self[from];
    }
}

/// The candidates: which example of the batch each belongs to, and its id.
#[derive(Debug)]
pub(crate) struct Live {
    rows: Vec<usize>,
    ids: Vec<u64>,
}

impl Live {
    /// One for each of these examples.
    pub(crate) fn of(x: Batch<'_>, rows: impl IntoIterator<Item = usize>) -> Self {
        let rows: Vec<usize> = rows.into_iter().collect();
        let ids = rows.iter().map(|&row| x.ids()[row]).collect();
        Self { rows, ids }
    }
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// The examples that the candidates belong to.
    pub(crate) fn rows(&self) -> &[usize] {
        &self.rows
    }
    /// The example that candidate `k` belongs to.
    pub(crate) fn row(&self, k: usize) -> usize {
        self.rows[k]
    }
    pub(crate) fn id(&self, k: usize) -> u64 {
        self.ids[k]
    }
    /// The candidates at these points, as a query of the model.
    pub(crate) fn batch<'b>(
        &'b self,
        x: Batch<'_>,
        points: &'b Table,
        query: u64,
    ) -> Result<Batch<'b>, AttackError> {
        Ok(self.batch_of(points.first(self.len()), x)?.with_query(query))
    }
    /// These points, one for each candidate.
    pub(crate) fn batch_of<'b>(&'b self, points: &'b [f32], x: Batch<'_>) -> Result<Batch<'b>, AttackError> {
        Ok(Batch::new(points, x.shape(), &self.ids)?.with_query(x.query()))
    }
    /// Lets go of the candidates for which `stays` is false, and moves what is kept of the others together.
    pub(crate) fn retain(
        &mut self,
        mut stays: impl FnMut(usize) -> bool,
        kept: &mut [&mut dyn PerCandidate],
    ) {
        let mut to = 0;
        for from in 0..self.len() {
            if !stays(from) {
                continue;
            }
            if to < from {
                (self.rows[to], self.ids[to]) = (self.rows[from], self.ids[from]);
                kept.iter_mut().for_each(|one| one.shift(from, to));
            }
            to += 1;
        }
        self.rows.truncate(to);
        self.ids.truncate(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_stays_with_its_example() {
        let (data, ids) = ([0.0; 5], [10, 11, 12, 13, 14]);
        let x = Batch::new(&data, [1, 1, 1], &ids).unwrap();
        let mut live = Live::of(x, [0, 2, 3, 4]);
        let (mut table, mut states) = (Table::zeros(4, 2), vec![0.0, 2.0, 3.0, 4.0]);
        (0..4).for_each(|k| table.row_mut(k).fill(live.row(k) as f32));
        live.retain(|k| k != 1, &mut [&mut table, &mut states]);
        assert_eq!((live.len(), live.row(1), live.id(2)), (3, 3, 14));
        assert_eq!(
            (table.first(3), &states[..3]),
            (&[0.0, 0.0, 3.0, 3.0, 4.0, 4.0][..], &[0.0, 3.0, 4.0][..])
        );
        live.retain(|_| false, &mut [&mut table, &mut states]);
        assert!(live.is_empty());
    }
}
