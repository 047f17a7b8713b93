//! Loops over slices, as kernels of the dispatcher.

use sparring_math::Real;
use sparring_math::simd::{Kernel, dispatch, prefetch};

/// A function of one number. Implementations hold an activation by value (a reference to one is an activation too), so that its parameters are known not to change with what
/// a loop writes, and are read and converted before it. In the loop, their type would halve the vectors.
pub(crate) trait Function<E>: Copy {
    /// Its value; to be marked `#[inline(always)]`.
    fn at(self, x: E) -> E;
}

/// # Panics
/// If the lengths differ.
#[track_caller]
pub(crate) fn demand_pair<E>(x: &[E], y: &[E]) {
    assert_eq!(x.len(), y.len(), "activation forward: {} inputs, {} outputs", x.len(), y.len());
}

/// # Panics
/// If the lengths differ; `name` is that of the method.
#[track_caller]
pub(crate) fn demand_triple<E>(name: &str, x: &[E], dy: &[E], dx: &[E]) {
    let lengths = (x.len(), dy.len(), dx.len());
    assert!(
        lengths.0 == lengths.1 && lengths.1 == lengths.2,
        "activation {name}: lengths {lengths:?} differ"
    );
}

/// y = f(x).
struct Map<'a, F, E>(F, &'a [E], &'a mut [E]);

impl<F: Function<E>, E: Real> Kernel for Map<'_, F, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        map_loop(self.0, self.1, self.2);
    }
}

/// Elements from which memory is asked for ahead: below, the first-level cache has it.
const FAR: usize = 4096;
/// Elements worked on between two requests for memory, four cache lines of `f32`.
const TILE: usize = 64;
/// How far ahead memory is asked for.
const AHEAD: usize = 1024;

// Functions of slices: as arguments they are known not to overlap.
#[inline(always)]
fn map_loop<E: Real, F: Function<E>>(f: F, x: &[E], y: &mut [E]) {
    if x.len() < FAR {
        return map_piece(f, x, y);
    }
    let ((tiles, rest), (outs, out)) = (x.as_chunks::<TILE>(), y.as_chunks_mut::<TILE>());
    for (x, y) in tiles.iter().zip(outs) {
        for line in (0..TILE).step_by(64 / size_of::<E>()) {
            prefetch(x, line + AHEAD);
            prefetch(y, line + AHEAD);
        }
        map_piece(f, x, y);
    }
    map_piece(f, rest, out);
}

/// y = f(x), without asking for memory ahead.
#[inline(always)]
pub(crate) fn map_piece<E: Real, F: Function<E>>(f: F, x: &[E], y: &mut [E]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = f.at(x);
    }
}

/// y = f(x), element by element.
#[track_caller]
pub(crate) fn map<E: Real, F: Function<E>>(f: F, x: &[E], y: &mut [E]) {
    demand_pair(x, y);
    dispatch(Map(f, x, y));
}

/// dx = dy · f(x).
struct MapTimes<'a, F, E>(F, &'a [E], &'a [E], &'a mut [E]);

impl<F: Function<E>, E: Real> Kernel for MapTimes<'_, F, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        map_times_loop(self.0, self.1, self.2, self.3);
    }
}

#[inline(always)]
fn map_times_loop<E: Real, F: Function<E>>(f: F, x: &[E], dy: &[E], dx: &mut [E]) {
    if x.len() < FAR {
        return map_times_piece(f, x, dy, dx);
    }
    let (tiles, x_rest) = x.as_chunks::<TILE>();
    let (dys, dy_rest) = dy.as_chunks::<TILE>();
    let (outs, dx_rest) = dx.as_chunks_mut::<TILE>();
    for ((x, dy), dx) in tiles.iter().zip(dys).zip(outs) {
        for line in (0..TILE).step_by(64 / size_of::<E>()) {
            prefetch(x, line + AHEAD);
            prefetch(dy, line + AHEAD);
            prefetch(dx, line + AHEAD);
        }
        map_times_piece(f, x, dy, dx);
    }
    map_times_piece(f, x_rest, dy_rest, dx_rest);
}

/// dx = dy · f(x), without asking for memory ahead.
#[inline(always)]
pub(crate) fn map_times_piece<E: Real, F: Function<E>>(f: F, x: &[E], dy: &[E], dx: &mut [E]) {
    for ((dx, &x), &dy) in dx.iter_mut().zip(x).zip(dy) {
        *dx = dy * f.at(x);
    }
}

/// dx = dy · f(x), element by element, f being a derivative; `name` is that of the method that asks for it.
#[track_caller]
pub(crate) fn map_times<E: Real, F: Function<E>>(name: &str, f: F, x: &[E], dy: &[E], dx: &mut [E]) {
    demand_triple(name, x, dy, dx);
    dispatch(MapTimes(f, x, dy, dx));
}
