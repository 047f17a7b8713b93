//! Value and input gradient of a slice: one output an element, no sums.

use super::parametric::Parametric;
use super::sharing::{Sharing, group};
use crate::Activation;
use crate::contract::{First, Value};
use crate::slices::{map, map_piece, map_times, map_times_piece};
use sparring_math::Real;
use sparring_math::simd::{self, Kernel, dispatch};

/// y = f(x; p), x a whole number of periods.
pub(super) fn forward<E: Real, A: Parametric<E>>(a: &A, p: &[E], s: Sharing, x: &[E], y: &mut [E]) {
    if simd::fuses() {
        let (p, x, y) = (simd::fused(p), simd::fused(x), simd::fused_mut(y));
        forward_plain(a.with(&p[..A::COUNT]), p, s, x, y);
    } else {
        forward_plain(*a, p, s, x, y);
    }
}

/// As [`forward`], in the type of the slices.
fn forward_plain<E: Real, A: Parametric<E>>(a: A, p: &[E], s: Sharing, x: &[E], y: &mut [E]) {
    if s.groups == 1 { map(Value(a.with(p)), x, y) } else { dispatch(Forward { a, p, s, x, y }) }
}

struct Forward<'a, E, A> {
    a: A,
    p: &'a [E],
    s: Sharing,
    x: &'a [E],
    y: &'a mut [E],
}

impl<E: Real, A: Parametric<E>> Kernel for Forward<'_, E, A> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { a, p, s, x, y } = self;
        if s.run == 1 {
            for (x, y) in x.chunks_exact(s.groups).zip(y.chunks_exact_mut(s.groups)) {
                forward_interleaved(&a, p, x, y);
            }
        } else {
            for (i, (x, y)) in x.chunks_exact(s.run).zip(y.chunks_exact_mut(s.run)).enumerate() {
                map_piece(Value(a.with(group(p, i % s.groups, A::COUNT))), x, y);
            }
        }
    }
}

/// One element of each group.
#[inline(always)]
fn forward_interleaved<E: Real, A: Parametric<E>>(a: &A, p: &[E], x: &[E], y: &mut [E]) {
    for ((p, &x), y) in p.chunks_exact(A::COUNT).zip(x).zip(y) {
        *y = a.with(p).f(x);
    }
}

/// dx = dy · ∂f/∂x, x a whole number of periods.
pub(super) fn input_grad<E: Real, A: Parametric<E>>(
    a: &A,
    p: &[E],
    s: Sharing,
    x: &[E],
    dy: &[E],
    dx: &mut [E],
) {
    if simd::fuses() {
        let ([p, x, dy], dx) = ([p, x, dy].map(simd::fused), simd::fused_mut(dx));
        input_grad_plain(a.with(&p[..A::COUNT]), p, s, x, dy, dx);
    } else {
        input_grad_plain(*a, p, s, x, dy, dx);
    }
}

/// As [`input_grad`], in the type of the slices.
fn input_grad_plain<E: Real, A: Parametric<E>>(a: A, p: &[E], s: Sharing, x: &[E], dy: &[E], dx: &mut [E]) {
    if s.groups == 1 {
        map_times("backward", First(a.with(p)), x, dy, dx);
    } else {
        dispatch(Input { a, p, s, x, dy, dx });
    }
}

struct Input<'a, E, A> {
    a: A,
    p: &'a [E],
    s: Sharing,
    x: &'a [E],
    dy: &'a [E],
    dx: &'a mut [E],
}

impl<E: Real, A: Parametric<E>> Kernel for Input<'_, E, A> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { a, p, s, x, dy, dx } = self;
        if s.run == 1 {
            let rows = x.chunks_exact(s.groups).zip(dy.chunks_exact(s.groups));
            for ((x, dy), dx) in rows.zip(dx.chunks_exact_mut(s.groups)) {
                input_interleaved(&a, p, x, dy, dx);
            }
        } else {
            let runs = x.chunks_exact(s.run).zip(dy.chunks_exact(s.run));
            for (i, ((x, dy), dx)) in runs.zip(dx.chunks_exact_mut(s.run)).enumerate() {
                map_times_piece(First(a.with(group(p, i % s.groups, A::COUNT))), x, dy, dx);
            }
        }
    }
}

#[inline(always)]
fn input_interleaved<E: Real, A: Parametric<E>>(a: &A, p: &[E], x: &[E], dy: &[E], dx: &mut [E]) {
    for (((p, &x), &dy), dx) in p.chunks_exact(A::COUNT).zip(x).zip(dy).zip(dx) {
        *dx = dy * a.with(p).df(x);
    }
}
