//! What an objective sees: outputs to read, their gradient to write.

/// A training objective: reads the outputs of some examples and writes the gradient at them.
///
/// Every engine pass calls the same code, whether layers run compiled or on tapes. The loss of a batch is the sum of what it says of each example, so a mean is divided here.
pub trait Objective<E = f32>: Sync {
    /// Writes the gradient at every output and three numbers about every example, the first its share of the loss; they are summed over the batch.
    fn rows(&self, rows: &mut OutputRows<'_, E>);
    /// Whether the loss looks at each number of the output by itself: then `rows` may be shown a part of the outputs' columns, and what it says of an example is added up.
    fn is_elementwise(&self) -> bool {
        false
    }
}

impl<E, F: Fn(&mut OutputRows<'_, E>) + Sync> Objective<E> for F {
    fn rows(&self, rows: &mut OutputRows<'_, E>) {
        self(rows);
    }
}

/// The outputs of some examples and the place of the gradient at them.
#[derive(Debug)]
pub struct OutputRows<'a, E> {
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
    pub(super) metrics: &'a mut [[f64; 3]],
    pub(super) inputs: &'a [E],
    pub(super) inputs_stride: usize,
    /// Numbers of an input: rows may lie further apart.
    pub(super) inputs_cols: usize,
}

/// Outputs, gradients and metrics.
type AllOutputs<'a, E> = (&'a [E], &'a mut [E], &'a mut [[f64; 3]]);

impl<'a, E> OutputRows<'a, E> {
    /// Whole outputs of a batch, rows without gaps, for those who call an objective themselves; `inputs` are the network's.
    ///
    /// # Panics
    /// If the slices do not hold as many whole rows as there are metrics.
    pub fn new(y: &'a [E], dy: &'a mut [E], metrics: &'a mut [[f64; 3]], inputs: &'a [E]) -> Self {
        let rows = metrics.len();
        let [cols, inputs_stride] = [y, inputs].map(|all| all.len() / rows.max(1));
        assert!(
            y.len() == rows * cols && dy.len() == y.len() && inputs.len() == rows * inputs_stride,
            "outputs of {rows} examples: {}, {} and {} numbers",
            y.len(),
            dy.len(),
            inputs.len()
        );
        Self {
            first: 0,
            rows,
            cols,
            from: 0,
            total: cols,
            y,
            dy,
            stride: cols,
            metrics,
            inputs,
            inputs_stride,
            inputs_cols: inputs_stride,
        }
    }
}

impl<E> OutputRows<'_, E> {
    /// Output, gradient and metrics of each example, in order; gradient and metrics are to be written whole.
    pub fn iter(&mut self) -> impl Iterator<Item = (&[E], &mut [E], &mut [f64; 3])> {
        let (cols, stride) = (self.cols, self.stride.max(1));
        let rows = self.y.chunks(stride).zip(self.dy.chunks_mut(stride)).zip(&mut *self.metrics);
        rows.map(move |((y, dy), metrics)| (&y[..cols], &mut dy[..cols], metrics))
    }
    /// As [`iter`](Self::iter), with the network's input for each example before the rest: for losses that compare the two.
    pub fn iter_with_inputs(&mut self) -> impl Iterator<Item = (&[E], &[E], &mut [E], &mut [f64; 3])> {
        let inputs = self.inputs.chunks(self.inputs_stride.max(1));
        let (cols, stride, of_input) = (self.cols, self.stride.max(1), self.inputs_cols);
        let rows = self.y.chunks(stride).zip(self.dy.chunks_mut(stride)).zip(&mut *self.metrics);
        rows.zip(inputs)
            .map(move |(((y, dy), metrics), x)| (&x[..of_input], &y[..cols], &mut dy[..cols], metrics))
    }
    /// All outputs, their gradients and the metrics, where rows follow each other without a gap.
    pub fn whole(&mut self) -> Option<AllOutputs<'_, E>> {
        let all = self.rows * self.cols;
        (self.stride == self.cols).then(|| (&self.y[..all], &mut self.dy[..all], &mut *self.metrics))
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
