//! Matmul over strided views.

use crate::extent::inside;
use crate::kernels::{ChainStart, strided_matmul};
use crate::{Array, Elem};
use sparring_math::simd;

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

/// Whether an operand of a matmul is transposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trans {
    /// As stored.
    No,
    /// With rows and columns exchanged.
    Yes,
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
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }
    pub(crate) fn into_slice(self) -> &'a mut [E] {
        self.data
    }
}

/// out = a · b + beta · out. With `beta` = 0 the old values of `out` are not read. Each element is one chain of multiply-adds over K,
/// started at beta · out, so it depends on its row of `a` and its column of `b` alone.
///
/// # Shapes
/// `a` \[m, k\], `b` \[k, n\], `out` \[m, n\].
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use sparring_tensor::{Mat, MatMut, gemm};
/// let (a, mut c) = ([1.0f32, 2.0, 3.0, 4.0], [10.0; 4]);
/// gemm(Mat::new(&a, 2, 2), Mat::new(&a, 2, 2).t(), 1.0, MatMut::new(&mut c, 2, 2));
/// assert_eq!(c, [15.0, 21.0, 21.0, 35.0]);
/// ```
#[track_caller]
pub fn gemm<E: Elem>(a: Mat<'_, E>, b: Mat<'_, E>, beta: E, out: MatMut<'_, E>) {
    assert!(
        a.cols == b.rows && out.rows == a.rows && out.cols == b.cols,
        "gemm: [{}, {}] times [{}, {}] does not give [{}, {}]",
        a.rows,
        a.cols,
        b.rows,
        b.cols,
        out.rows,
        out.cols
    );
    let start = if beta == E::ZERO { ChainStart::Zero } else { ChainStart::Out };
    if beta != E::ZERO && beta != E::ONE {
        for row in out.data.chunks_mut(out.stride.max(1)).take(out.rows) {
            row.iter_mut().take(out.cols).for_each(|v| *v *= beta);
        }
    }
    strided_matmul(E::table(simd::isa()), a, b, start, out);
}

/// The view of a rank-2 array.
#[track_caller]
fn view<'a, E: Elem>(op: &str, a: &'a Array<E>, t: Trans) -> Mat<'a, E> {
    let shape = a.shape();
    let [rows, cols] = *shape.dims() else { panic!("{op}: a matrix has rank 2, not shape {shape}") };
    let m = Mat::new(a.as_slice(), rows, cols);
    if t == Trans::Yes { m.t() } else { m }
}

/// a · b, each transposed if asked: \[m, k\] · \[k, n\] → \[m, n\].
///
/// # Panics
/// If an array is not of rank 2 or the inner extents differ.
#[track_caller]
pub fn matmul<E: Elem>(a: &Array<E>, ta: Trans, b: &Array<E>, tb: Trans) -> Array<E> {
    let (x, y) = (view("matmul", a, ta), view("matmul", b, tb));
    assert_eq!(x.cols, y.rows, "matmul: {} ({ta:?}) and {} ({tb:?}) do not fit", a.shape(), b.shape());
    let mut out = Array::stale([x.rows, y.cols]);
    let (m, n) = (x.rows, y.cols);
    gemm(x, y, E::ZERO, MatMut::new(out.as_mut_slice(), m, n));
    out
}

/// out += a · b, each transposed if asked.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn matmul_acc<E: Elem>(a: &Array<E>, ta: Trans, b: &Array<E>, tb: Trans, out: &mut Array<E>) {
    let (x, y) = (view("matmul_acc", a, ta), view("matmul_acc", b, tb));
    let (m, n) = (x.rows, y.cols);
    assert!(
        x.cols == y.rows && *out.shape().dims() == [m, n],
        "matmul_acc: {} ({ta:?}) times {} ({tb:?}) does not give {}",
        a.shape(),
        b.shape(),
        out.shape()
    );
    gemm(x, y, E::ONE, MatMut::new(out.as_mut_slice(), m, n));
}

/// x · wᵀ + b.
///
/// # Shapes
/// `x` \[n, k\], `w` \[m, k\] (PyTorch's layout), `b` \[m\]; result \[n, m\].
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use sparring_tensor::{Tensor, linear};
/// let (x, w) = (Tensor::from_slice([1, 2], &[1.0, 2.0]), Tensor::from_slice([1, 2], &[3.0, 4.0]));
/// assert_eq!(linear(&x, &w, Some(&Tensor::ones([1]))).item(), 12.0);
/// ```
#[track_caller]
pub fn linear<E: Elem>(x: &Array<E>, w: &Array<E>, b: Option<&Array<E>>) -> Array<E> {
    let (a, wt) = (view("linear", x, Trans::No), view("linear", w, Trans::Yes));
    assert_eq!(a.cols, wt.rows, "linear: input {} does not fit weight {}", x.shape(), w.shape());
    if let Some(b) = b {
        assert_eq!(
            *b.shape().dims(),
            [wt.cols],
            "linear: bias {} does not fit weight {}",
            b.shape(),
            w.shape()
        );
    }
    let mut out = Array::stale([a.rows, wt.cols]);
    let (n, m) = (a.rows, wt.cols);
    let start = b.map_or(ChainStart::Zero, |b| ChainStart::Row(b.as_slice()));
    strided_matmul(E::table(simd::isa()), a, wt, start, MatMut::new(out.as_mut_slice(), n, m));
    out
}
