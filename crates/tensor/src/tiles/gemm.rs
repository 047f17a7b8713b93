//! Matmul of two matrices that are both new, without a packed operand.

use super::block::Begin;
use super::panels::TilePanels;
use crate::{Mat, MatMut, Precision, gemm, par, team};

/// Inner extent of a pass: the split rows of a task then stay in the second-level cache.
const DEPTH: usize = 1024;
/// Rows of a task, at most and at least.
const MOST: usize = 128;
const LEAST: usize = 32;

/// out = a · b + beta · out in some [`Precision`], [`gemm`] for [`Precision::F32`]. Each element depends on its row of `a` and its column of
/// `b` alone, and not on the number of threads.
///
/// # Shapes
/// `a` \[m, k\], `b` \[k, n\], `out` \[m, n\].
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use sparring_tensor::{Mat, MatMut, Precision, gemm_in};
/// let (a, mut c) = ([1.0f32, 2.0, 3.0, 4.0], [10.0; 4]);
/// gemm_in(Precision::Split6, Mat::new(&a, 2, 2), Mat::new(&a, 2, 2).t(), 1.0, MatMut::new(&mut c, 2, 2));
/// assert_eq!(c, [15.0, 21.0, 21.0, 35.0]);
/// ```
#[track_caller]
pub fn gemm_in(precision: Precision, a: Mat<'_, f32>, b: Mat<'_, f32>, beta: f32, out: MatMut<'_, f32>) {
    let (m, n, k) = (a.rows(), b.cols(), a.cols());
    assert!(
        b.rows() == k && out.rows() == m && out.cols() == n,
        "gemm: [{m}, {k}] times [{}, {n}] does not give [{}, {}]",
        b.rows(),
        out.rows(),
        out.cols()
    );
    if precision == Precision::F32 || m == 0 || n == 0 || k == 0 {
        return gemm(a, b, beta, out);
    }
    let stride = out.stride();
    let out = out.into_slice();
    if beta != 0.0 && beta != 1.0 {
        for row in out.chunks_mut(stride).take(m) {
            row[..n].iter_mut().for_each(|v| *v *= beta);
        }
    }
    let ([a_rs, a_cs], [b_rs, b_cs]) = (a.strides(), b.strides());
    let work = m.saturating_mul(n).saturating_mul(k) / par::MUL_ADDS_PER_ELEMENT;
    let rows = m.div_ceil(2 * team::threads()).clamp(LEAST, MOST).next_multiple_of(LEAST);
    for k0 in (0..k).step_by(DEPTH) {
        let depth = (k - k0).min(DEPTH);
        let term = Mat::with_strides(&b.data()[k0 * b_rs..], depth, n, b_rs, b_cs);
        let tiles = TilePanels::of(term, precision).expect("a precision of terms");
        let begin = if k0 == 0 && beta == 0.0 { Begin::Zero } else { Begin::Out };
        let end = (m - 1) * stride + n;
        par::for_each_chunk(&mut out[..end], rows * stride, work, |i, out| {
            let m = out.len().div_ceil(stride);
            let from = &a.data()[i * rows * a_rs + k0 * a_cs..];
            tiles.add_product(Mat::with_strides(from, m, depth, a_rs, a_cs), begin, out, stride);
        });
    }
}
