//! What the loss sees of a lane: outputs to read, their gradient to write.

/// The outputs of some examples and the place of the gradient at them.
#[derive(Debug)]
pub struct Head<'a, E> {
    /// Index of the first example in the batch.
    pub first: usize,
    /// Number of examples.
    pub rows: usize,
    /// Numbers of an output, or of the part of each that is shown: those from `from` on, of `total`.
    pub cols: usize,
    /// The first of them.
    pub from: usize,
    /// Numbers of a whole output.
    pub total: usize,
    pub(super) y: &'a [E],
    pub(super) dy: &'a mut [E],
    pub(super) stride: usize,
    pub(super) tallies: &'a mut [[f64; 3]],
    pub(super) inputs: &'a [E],
    pub(super) inputs_stride: usize,
}

/// Outputs, gradients and tallies.
type Whole<'a, E> = (&'a [E], &'a mut [E], &'a mut [[f64; 3]]);

impl<E> Head<'_, E> {
    /// Output, gradient and tally of each example, in order; gradient and tally are to be written whole.
    pub fn iter(&mut self) -> impl Iterator<Item = (&[E], &mut [E], &mut [f64; 3])> {
        let (cols, stride) = (self.cols, self.stride.max(1));
        let rows = self.y.chunks(stride).zip(self.dy.chunks_mut(stride)).zip(&mut *self.tallies);
        rows.map(move |((y, dy), tally)| (&y[..cols], &mut dy[..cols], tally))
    }
    /// As [`iter`](Self::iter), with the network's input for each example before the rest: for losses that compare the two.
    pub fn iter_with_inputs(&mut self) -> impl Iterator<Item = (&[E], &[E], &mut [E], &mut [f64; 3])> {
        let inputs = self.inputs.chunks(self.inputs_stride.max(1));
        let (cols, stride) = (self.cols, self.stride.max(1));
        let rows = self.y.chunks(stride).zip(self.dy.chunks_mut(stride)).zip(&mut *self.tallies);
        rows.zip(inputs).map(move |(((y, dy), tally), x)| (x, &y[..cols], &mut dy[..cols], tally))
    }
    /// All outputs, their gradients and the tallies, where rows follow each other without a gap.
    pub fn whole(&mut self) -> Option<Whole<'_, E>> {
        let all = self.rows * self.cols;
        (self.stride == self.cols).then(|| (&self.y[..all], &mut self.dy[..all], &mut *self.tallies))
    }
    /// The outputs, row after row, into `out`.
    ///
    /// # Panics
    /// If `out` does not hold `rows` times `cols` numbers.
    pub fn copy_outputs(&self, out: &mut [E])
    where
        E: Copy,
    {
        assert_eq!(out.len(), self.rows * self.cols, "outputs of {} rows of {}", self.rows, self.cols);
        for (to, y) in out.chunks_mut(self.cols.max(1)).zip(self.y.chunks(self.stride.max(1))) {
            to.copy_from_slice(&y[..self.cols]);
        }
    }
}
