//! Matmul over strided views.

use crate::kernels::{ChainStart, strided_matmul};
use crate::{Array, Elem, Mat, MatMut};
use sparring_math::simd;

/// Whether an operand of a matmul is transposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trans {
    /// As stored.
    No,
    /// With rows and columns exchanged.
    Yes,
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
pub fn gemm<E: Elem>(a: Mat<'_, E>, b: Mat<'_, E>, beta: E, mut out: MatMut<'_, E>) {
    assert!(
        a.cols() == b.rows() && out.rows() == a.rows() && out.cols() == b.cols(),
        "gemm: [{}, {}] times [{}, {}] does not give [{}, {}]",
        a.rows(),
        a.cols(),
        b.rows(),
        b.cols(),
        out.rows(),
        out.cols()
    );
    let start = if beta == E::ZERO { ChainStart::Zero } else { ChainStart::Out };
    if beta != E::ZERO && beta != E::ONE {
        out.scale(beta);
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
    assert_eq!(x.cols(), y.rows(), "matmul: {} ({ta:?}) and {} ({tb:?}) do not fit", a.shape(), b.shape());
    let mut out = Array::stale([x.rows(), y.cols()]);
    let (m, n) = (x.rows(), y.cols());
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
    let (m, n) = (x.rows(), y.cols());
    assert!(
        x.cols() == y.rows() && *out.shape().dims() == [m, n],
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
    assert_eq!(a.cols(), wt.rows(), "linear: input {} does not fit weight {}", x.shape(), w.shape());
    if let Some(b) = b {
        assert_eq!(
            *b.shape().dims(),
            [wt.cols()],
            "linear: bias {} does not fit weight {}",
            b.shape(),
            w.shape()
        );
    }
    let mut out = Array::stale([a.rows(), wt.cols()]);
    let (n, m) = (a.rows(), wt.cols());
    let start = b.map_or(ChainStart::Zero, |b| ChainStart::Row(b.as_slice()));
    strided_matmul(E::table(simd::isa()), a, wt, start, MatMut::new(out.as_mut_slice(), n, m));
    out
}
