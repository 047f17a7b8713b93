//! Views of matrices in slices.

use crate::Elem;
use crate::extent::inside;

/// A matrix to read: element `(i, j)` is `data[i·row_stride + j·col_stride]`.
#[derive(Clone, Copy, Debug)]
pub struct Mat<'a, E> {
    data: &'a [E],
    rows: usize,
    cols: usize,
    row_stride: usize,
    col_stride: usize,
}

/// A matrix to write: rows `stride` apart, columns next to each other.
#[derive(Debug)]
pub struct MatMut<'a, E> {
    data: &'a mut [E],
    rows: usize,
    cols: usize,
    stride: usize,
}

impl<'a, E> Mat<'a, E> {
    /// `rows` × `cols`, row-major.
    ///
    /// # Panics
    /// If `data` is shorter.
    #[track_caller]
    pub fn new(data: &'a [E], rows: usize, cols: usize) -> Self {
        Self::with_strides(data, rows, cols, cols, 1)
    }
    /// Any strides.
    ///
    /// # Panics
    /// If an element lies outside `data`.
    #[track_caller]
    pub fn with_strides(
        data: &'a [E],
        rows: usize,
        cols: usize,
        row_stride: usize,
        col_stride: usize,
    ) -> Self {
        inside("Mat", [(rows, row_stride), (cols, col_stride)], data.len());
        // The stride of an axis of extent 1 is never used and may be anything; it is bounded by the length, so that arithmetic on strides never wraps.
        let [row_stride, col_stride] = [row_stride, col_stride].map(|s| s.min(data.len()));
        Self { data, rows, cols, row_stride, col_stride }
    }
    /// The transpose as a view; copies nothing.
    #[must_use]
    pub fn t(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }
    pub(crate) fn data(&self) -> &'a [E] {
        self.data
    }
    pub(crate) fn strides(&self) -> [usize; 2] {
        [self.row_stride, self.col_stride]
    }
}

impl<'a, E> MatMut<'a, E> {
    /// `rows` × `cols`, row-major.
    ///
    /// # Panics
    /// If `data` is shorter.
    #[track_caller]
    pub fn new(data: &'a mut [E], rows: usize, cols: usize) -> Self {
        Self::with_stride(data, rows, cols, cols)
    }
    /// Rows `stride` apart.
    ///
    /// # Panics
    /// If rows overlap or an element lies outside `data`.
    #[track_caller]
    pub fn with_stride(data: &'a mut [E], rows: usize, cols: usize, stride: usize) -> Self {
        inside("MatMut", [(rows, stride), (cols, 1)], data.len());
        assert!(stride >= cols, "MatMut: rows of {cols} numbers overlap at a stride of {stride}");
        // As in `Mat`.
        let stride = stride.min(data.len().max(cols));
        Self { data, rows, cols, stride }
    }
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }
    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }
    /// Multiplies every element.
    pub(crate) fn scale(&mut self, factor: E)
    where
        E: Elem,
    {
        for row in self.data.chunks_mut(self.stride.max(1)).take(self.rows) {
            row.iter_mut().take(self.cols).for_each(|v| *v *= factor);
        }
    }
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }
    pub(crate) fn into_slice(self) -> &'a mut [E] {
        self.data
    }
}
