//! Short rows on AVX-512: sixteen rows of m are m whole registers.

use super::ShortRows;
use sparring_math::simd::{Isa, isa, prefetch};
use sparring_math::{EXP_POLYNOMIAL, LN2_HIGH, LN2_LOW};
use std::arch::x86_64::*;

/// Lanes, and rows at a time.
const N: usize = 16;

/// Proof that the kernels may run: the safety of all code below depends on it and on the lengths.
#[track_caller]
fn allowed(m: usize, numbers: &[usize], rows: usize) {
    assert!(f32::short(m), "rows of {m} have no kernel here");
    let wanted = rows.checked_mul(m);
    assert!(numbers.iter().all(|&n| Some(n) == wanted), "{rows} rows of {m}, lengths {numbers:?}");
}

impl ShortRows for f32 {
    fn short(m: usize) -> bool {
        (1..=N).contains(&m) && isa() == Isa::Avx512
    }
    fn row_largest(x: &[f32], m: usize, out: &mut [f32]) {
        allowed(m, &[x.len()], out.len());
        // SAFETY: AVX-512 is available, checked by `isa`; x holds m numbers for each of out.
        unsafe { largest(x.as_ptr(), m, out) }
    }
    fn row_sum(x: &[f32], m: usize, out: &mut [f32]) {
        allowed(m, &[x.len()], out.len());
        // SAFETY: as above.
        unsafe { sum(x.as_ptr(), m, out) }
    }
    fn row_dot(x: &[f32], y: &[f32], m: usize, out: &mut [f32]) {
        allowed(m, &[x.len(), y.len()], out.len());
        // SAFETY: as above, for x and y.
        unsafe { dot(x.as_ptr(), y.as_ptr(), m, out) }
    }
    fn row_minus(x: &[f32], m: usize, r: &[f32], out: &mut [f32]) {
        allowed(m, &[x.len(), out.len()], r.len());
        // SAFETY: AVX-512 is available; x and out hold m numbers for each of r.
        unsafe { each_row([x.as_ptr(); 2], m, r, out, |_, x, _, r| _mm512_sub_ps(x, r)) }
    }
    fn row_raised_exp(x: &[f32], m: usize, r: &[f32], out: &mut [f32], next: [&[f32]; 2]) {
        allowed(m, &[x.len(), out.len()], r.len());
        // SAFETY: as above.
        unsafe {
            each_row([x.as_ptr(); 2], m, r, out, |at, x, _, r| {
                next.iter().for_each(|next| prefetch(next, at));
                raised_exp(_mm512_sub_ps(x, r))
            });
        }
    }
    fn row_times(x: &[f32], m: usize, r: &[f32], out: &mut [f32]) {
        allowed(m, &[x.len(), out.len()], r.len());
        // SAFETY: as above.
        unsafe { each_row([x.as_ptr(); 2], m, r, out, |_, x, _, r| _mm512_mul_ps(x, r)) }
    }
    fn row_times_minus(x: &[f32], y: &[f32], m: usize, r: &[f32], out: &mut [f32]) {
        allowed(m, &[x.len(), y.len(), out.len()], r.len());
        // SAFETY: as above, for x, y and out.
        unsafe {
            each_row([x.as_ptr(), y.as_ptr()], m, r, out, |_, x, y, r| _mm512_mul_ps(x, _mm512_sub_ps(y, r)));
        }
    }
    fn row_minus_times(y: &[f32], x: &[f32], m: usize, r: &[f32], out: &mut [f32]) {
        allowed(m, &[x.len(), y.len(), out.len()], r.len());
        // SAFETY: as above, for x, y and out.
        unsafe { each_row([x.as_ptr(), y.as_ptr()], m, r, out, |_, x, y, r| _mm512_fnmadd_ps(x, r, y)) }
    }
}

/// The first m lanes, 1 ≤ m ≤ 16.
fn mask(m: usize) -> __mmask16 {
    0xffff >> (N - m)
}

/// Which row register l of [`fold`] holds, so that row i comes out in lane i.
const PLACE: [usize; N] = [0, 2, 1, 3, 8, 10, 9, 11, 4, 6, 5, 7, 12, 14, 13, 15];

/// One number a register, by `op`, as a tree of halves: sixteen registers become one.
#[inline]
#[target_feature(enable = "avx512f")]
fn fold(v: [__m512; N], op: impl Fn(__m512, __m512) -> __m512) -> __m512 {
    let pair = |a, b| op(_mm512_shuffle_f32x4::<0x44>(a, b), _mm512_shuffle_f32x4::<0xee>(a, b));
    let [w0, w1, w2, w3, w4, w5, w6, w7]: [__m512; 8] = std::array::from_fn(|l| pair(v[l], v[l + 8]));
    let pair = |a, b| op(_mm512_shuffle_f32x4::<0x88>(a, b), _mm512_shuffle_f32x4::<0xdd>(a, b));
    let (x0, x1, x2, x3) = (pair(w0, w4), pair(w1, w5), pair(w2, w6), pair(w3, w7));
    let pair = |a, b| op(_mm512_shuffle_ps::<0x88>(a, b), _mm512_shuffle_ps::<0xdd>(a, b));
    pair(pair(x0, x2), pair(x1, x3))
}

/// Reduces rows that `load` gives as registers padded with the neutral element (`none` too); the result of a row depends on the row alone.
#[inline]
#[target_feature(enable = "avx512f")]
fn fold_rows(
    out: &mut [f32],
    none: __m512,
    load: impl Fn(usize) -> __m512,
    op: impl Fn(__m512, __m512) -> __m512 + Copy,
) {
    let (groups, rest) = out.as_chunks_mut::<N>();
    for (g, out) in groups.iter_mut().enumerate() {
        let v = std::array::from_fn(|l| load(N * g + PLACE[l]));
        // SAFETY: sixteen numbers may be written there.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), fold(v, op)) };
    }
    let (start, n) = (N * groups.len(), rest.len());
    if n > 0 {
        let v = std::array::from_fn(|l| if PLACE[l] < n { load(start + PLACE[l]) } else { none });
        // SAFETY: n numbers may be written there.
        unsafe { _mm512_mask_storeu_ps(rest.as_mut_ptr(), mask(n), fold(v, op)) };
    }
}

/// # Safety
/// x must hold m numbers for each of `out`.
#[target_feature(enable = "avx512f")]
unsafe fn largest(x: *const f32, m: usize, out: &mut [f32]) {
    let (k, none) = (mask(m), _mm512_set1_ps(f32::NEG_INFINITY));
    // SAFETY: the row is inside x, the lanes past it are not touched.
    let load = |i: usize| unsafe { _mm512_mask_loadu_ps(none, k, x.add(i * m)) };
    fold_rows(out, none, load, |a, b| _mm512_max_ps(a, b));
}

/// # Safety
/// x must hold m numbers for each of `out`.
#[target_feature(enable = "avx512f")]
unsafe fn sum(x: *const f32, m: usize, out: &mut [f32]) {
    let k = mask(m);
    // SAFETY: the row is inside x, the lanes past it are not touched.
    let load = |i: usize| unsafe { _mm512_maskz_loadu_ps(k, x.add(i * m)) };
    fold_rows(out, _mm512_setzero_ps(), load, |a, b| _mm512_add_ps(a, b));
}

/// # Safety
/// x and y must hold m numbers for each of `out`.
#[target_feature(enable = "avx512f")]
unsafe fn dot(x: *const f32, y: *const f32, m: usize, out: &mut [f32]) {
    let k = mask(m);
    let load = |i: usize| {
        // SAFETY: the rows are inside x and y, the lanes past them are not touched.
        let (x, y) =
            unsafe { (_mm512_maskz_loadu_ps(k, x.add(i * m)), _mm512_maskz_loadu_ps(k, y.add(i * m))) };
        _mm512_mul_ps(x, y)
    };
    fold_rows(out, _mm512_setzero_ps(), load, |a, b| _mm512_add_ps(a, b));
}

/// `OF_ROW[m][k][l]`: the row of 16 k + l, in rows of m.
static OF_ROW: [[[i32; N]; N]; N + 1] = {
    let mut table = [[[0; N]; N]; N + 1];
    let mut i = N * N;
    while i < (N + 1) * N * N {
        let (m, at) = (i / (N * N), i % (N * N));
        table[m][at / N][at % N] = if at / m < N { (at / m) as i32 } else { 0 };
        i += 1;
    }
    table
};

/// Sixteen rows of m are m whole registers; the number of each row is broadcast to the lanes of its elements: no row is loaded or stored by itself.
/// `f` gets the place of a register too.
///
/// # Safety
/// AVX-512 must be available; x, y and out must hold m numbers for each of r.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn each_row(
    [x, y]: [*const f32; 2],
    m: usize,
    r: &[f32],
    out: &mut [f32],
    f: impl Fn(usize, __m512, __m512, __m512) -> __m512,
) {
    let out = out.as_mut_ptr();
    for (g, r) in r.chunks(N).enumerate() {
        let (at, end) = (g * N * m, r.len() * m);
        // SAFETY: r holds that many numbers, and x, y and out as many times m; the lanes past them are not touched.
        unsafe {
            let r = _mm512_maskz_loadu_ps(mask(r.len()), r.as_ptr());
            for (k, row) in OF_ROW[m][..end.div_ceil(N)].iter().enumerate() {
                let r = _mm512_permutexvar_ps(_mm512_loadu_epi32(row.as_ptr()), r);
                let (at, k) = (at + k * N, mask((end - k * N).min(N)));
                let load = |p: *const f32| _mm512_maskz_loadu_ps(k, p.add(at));
                _mm512_mask_storeu_ps(out.add(at), k, f(at, load(x), load(y), r));
            }
        }
    }
}

/// e^d · 2^64 for d ≤ 0, by the formula of [`exp_nonpos`](sparring_math::Real::exp_nonpos) without its last product.
#[inline]
#[target_feature(enable = "avx512f")]
fn raised_exp(d: __m512) -> __m512 {
    let set = |x: f32| _mm512_set1_ps(x);
    // 1.5 · 2^23, whose sum with a number rounds that to an integer, and on it the bias of 2^64.
    let shift = set(12_582_912.0 + 64.0 + 127.0);
    // In this order NaN stays.
    let d = _mm512_max_ps(set(-104.0), d);
    let sum = _mm512_fmadd_ps(d, set(std::f32::consts::LOG2_E), shift);
    let n = _mm512_sub_ps(sum, shift);
    let r = _mm512_fnmadd_ps(n, set(LN2_HIGH), d);
    let r = _mm512_fnmadd_ps(n, set(LN2_LOW), r);
    let [p0, p1, p2, p3, p4] = EXP_POLYNOMIAL;
    let p = _mm512_fmadd_ps(set(p4), r, set(p3));
    let p = _mm512_fmadd_ps(p, r, set(p2));
    let p = _mm512_fmadd_ps(p, r, set(p1));
    let p = _mm512_fmadd_ps(p, r, set(p0));
    let p = _mm512_fmadd_ps(p, r, set(1.0));
    let p = _mm512_fmadd_ps(p, r, set(1.0));
    let scale = _mm512_slli_epi32::<23>(_mm512_castps_si512(sum));
    _mm512_mul_ps(p, _mm512_castsi512_ps(scale))
}
