//! Softmax of rows that fit a register, where the machine has kernels for them: row reductions with one row a register,
//! the exponentials in one pass over all numbers, so that no lane is idle.

use crate::{Array, Elem};
use sparring_math::{Real, simd};

/// Rows worked on at a time.
const ROWS: usize = 128;

struct Exp<'a, E>(&'a mut [E]);

impl<E: Real> simd::Kernel for Exp<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.iter_mut().for_each(|e| *e = e.exp_nonpos());
    }
}

/// e = exp e for e <= 0.
fn exp<E: Real>(e: &mut [E]) {
    if simd::fuses() { simd::dispatch(Exp(simd::fused_mut(e))) } else { simd::dispatch(Exp(e)) }
}

struct Inverse<'a, E>(&'a mut [E]);

impl<E: Real> simd::Kernel for Inverse<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.iter_mut().for_each(|s| *s = E::ONE / *s);
    }
}

struct Ln<'a, E>(&'a mut [E]);

impl<E: Real> simd::Kernel for Ln<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        self.0.iter_mut().for_each(|s| *s = s.ln());
    }
}

/// Softmax of rows of `m`; does nothing and returns `false` where there is no kernel for them.
pub(super) fn softmax<E: Elem>(x: &[E], m: usize, out: &mut [E]) -> bool {
    if !E::short(m) {
        return false;
    }
    let mut of_row = [E::ZERO; ROWS];
    let mut exponentials = Array::stale([x.len().min(ROWS * m)]);
    for begin in (0..x.len()).step_by(ROWS * m) {
        let size = (x.len() - begin).min(ROWS * m);
        let (x, next_x) = x[begin..].split_at(size);
        let (out, next_out) = out[begin..].split_at_mut(size);
        let of_row = &mut of_row[..size / m];
        let e = &mut exponentials.as_mut_slice()[..size];
        E::row_largest(x, m, of_row);
        E::row_raised_exp(x, m, of_row, e, [next_x, next_out]);
        E::row_sum(e, m, of_row);
        simd::dispatch(Inverse(of_row));
        E::row_times(e, m, of_row, out);
    }
    true
}

/// Log-softmax of rows of `m`; does nothing and returns `false` where there is no kernel for them.
pub(super) fn log_softmax<E: Elem>(x: &[E], m: usize, out: &mut [E]) -> bool {
    if !E::short(m) {
        return false;
    }
    let mut of_row = [E::ZERO; ROWS];
    let mut differences = Array::stale([x.len().min(ROWS * m)]);
    for (x, out) in x.chunks(ROWS * m).zip(out.chunks_mut(ROWS * m)) {
        let of_row = &mut of_row[..x.len() / m];
        let d = &mut differences.as_mut_slice()[..x.len()];
        E::row_largest(x, m, of_row);
        E::row_minus(x, m, of_row, d);
        out.copy_from_slice(d);
        exp(out);
        E::row_sum(out, m, of_row);
        simd::dispatch(Ln(of_row));
        // Not together with the maximum: among large logits their sum would round the logarithm away.
        E::row_minus(d, m, of_row, out);
    }
    true
}

/// `p (g − Σ p g)` for rows of `m`; does nothing and returns `false` where there is no kernel for them.
pub(super) fn softmax_gradient<E: Elem>(p: &[E], g: &[E], m: usize, dx: &mut [E]) -> bool {
    if !E::short(m) {
        return false;
    }
    let mut of_row = [E::ZERO; ROWS];
    for ((p, g), dx) in p.chunks(ROWS * m).zip(g.chunks(ROWS * m)).zip(dx.chunks_mut(ROWS * m)) {
        let of_row = &mut of_row[..p.len() / m];
        E::row_dot(p, g, m, of_row);
        E::row_times_minus(p, g, m, of_row, dx);
    }
    true
}

/// `g − e^y Σ g` for rows of `m`; does nothing and returns `false` where there is no kernel for them.
pub(super) fn log_softmax_gradient<E: Elem>(y: &[E], g: &[E], m: usize, dx: &mut [E]) -> bool {
    if !E::short(m) {
        return false;
    }
    let mut of_row = [E::ZERO; ROWS];
    let mut exponentials = Array::stale([y.len().min(ROWS * m)]);
    for ((y, g), dx) in y.chunks(ROWS * m).zip(g.chunks(ROWS * m)).zip(dx.chunks_mut(ROWS * m)) {
        let of_row = &mut of_row[..y.len() / m];
        let e = &mut exponentials.as_mut_slice()[..y.len()];
        e.copy_from_slice(y);
        exp(e);
        E::row_sum(g, m, of_row);
        E::row_minus_times(g, e, m, of_row, dx);
    }
    true
}
