//! Some examples as numbers.

use crate::Split;

/// Some examples as numbers: `x` is `labels.len()` rows of `shape`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MiniBatch {
    /// Inputs, row after row.
    pub x: Vec<f32>,
    /// Classes.
    pub labels: Vec<usize>,
    /// Each example's index in its split.
    pub ids: Vec<u64>,
    /// `[channels, height, width]` of one example.
    pub shape: [usize; 3],
}

impl Split {
    /// Everything in view as one batch.
    pub fn all(&self) -> MiniBatch {
        let mut batch = MiniBatch::default();
        batch.gather(self.shape(), (0..self.len()).map(|i| (self, i, self.id(i))));
        batch.x.resize(self.len() * self.dim(), 0.0);
        let rows = batch.x.chunks_exact_mut(self.dim());
        rows.enumerate().for_each(|(i, row)| self.to_f32(&[i], row));
        batch
    }
}

impl MiniBatch {
    /// Number of examples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }
    /// No example at all.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Replaces the contents by these examples, each by the split where it stands, its place there and its id, without their pixels, in the memory already held.
    pub(crate) fn gather<'s>(
        &mut self,
        shape: [usize; 3],
        examples: impl Iterator<Item = (&'s Split, usize, u64)>,
    ) {
        self.shape = shape;
        self.labels.clear();
        self.ids.clear();
        for (split, at, id) in examples {
            self.labels.push(split.label(at));
            self.ids.push(id);
        }
        self.x.clear();
    }
}
