//! Element-wise arithmetic with NumPy's broadcasting.

use crate::par::for_each_chunk;
use crate::walk::{GRAIN, Walk, repeat_strides};
use crate::{Array, Elem, same_shape};
use sparring_math::simd;

/// `out[i] = f(a[i])`.
pub fn map<E: Elem>(a: &Array<E>, f: impl Fn(E) -> E + Sync) -> Array<E> {
    let mut out = Array::stale(a.shape());
    map_into(a, &mut out, f);
    out
}

/// `out[i] = f(a[i])` into an existing array.
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn map_into<E: Elem>(a: &Array<E>, out: &mut Array<E>, f: impl Fn(E) -> E + Sync) {
    same("map_into", a, out);
    let x = a.as_slice();
    for_each_chunk(out.as_mut_slice(), GRAIN, x.len(), |k, o| {
        simd::dispatch(Along { out: o, x: &x[k * GRAIN..], f: &f });
    });
}

/// `out = f(a, b)` element by element; axes of extent 1, and missing leading axes, are repeated.
///
/// # Shapes
/// NumPy's rule up to rank 4: `[n, m]` with `[m]` (bias), `[n, 1]` (a number per row) or `[]`;
/// `[n, c, h, w]` with `[c, 1, 1]` (a number per channel).
///
/// # Panics
/// If the shapes do not broadcast.
///
/// ```
/// use sparring_tensor::{Tensor, elementwise};
/// let (x, bias) = (Tensor::ones([2, 3]), Tensor::from([1.0, 2.0, 3.0]));
/// let y = elementwise::zip(&x, &bias, |x, b| x + b);
/// assert_eq!(y.as_slice(), [2.0, 3.0, 4.0, 2.0, 3.0, 4.0]);
/// ```
#[track_caller]
pub fn zip<E: Elem>(a: &Array<E>, b: &Array<E>, f: impl Fn(E, E) -> E + Sync) -> Array<E> {
    zip_as("zip", a, b, f)
}

#[track_caller]
fn zip_as<E: Elem>(op: &str, a: &Array<E>, b: &Array<E>, f: impl Fn(E, E) -> E + Sync) -> Array<E> {
    if a.shape() == b.shape() {
        return same_shape::zip(a, b, f);
    }
    let Some(shape) = a.shape().broadcast(&b.shape()) else {
        panic!("{op}: shapes {} and {} do not broadcast", a.shape(), b.shape());
    };
    let mut out = Array::stale(shape);
    if out.is_empty() {
        return out;
    }
    let strides = [a, b].map(|x| repeat_strides(x.shape(), shape));
    let walk = Walk::new(shape.dims4(), strides);
    let (x, y) = (a.as_slice(), b.as_slice());
    for_each_chunk(out.as_mut_slice(), walk.chunk(), shape.numel(), |k, out| {
        simd::dispatch(Runs { walk: &walk, k, x, y, out, f: &f });
    });
    out
}

/// The runs of one chunk.
struct Runs<'a, E, F> {
    walk: &'a Walk<2>,
    k: usize,
    x: &'a [E],
    y: &'a [E],
    out: &'a mut [E],
    f: &'a F,
}

impl<E: Elem, F: Fn(E, E) -> E> simd::Kernel for Runs<'_, E, F> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { walk, k, x, y, out, f } = self;
        walk.runs(k, out, |o, [i, j]| match walk.steps() {
            [0, _] => along(o, &y[j..], |y| f(x[i], y)),
            [_, 0] => along(o, &x[i..], |x| f(x, y[j])),
            _ => {
                let (x, y) = (&x[i..][..o.len()], &y[j..][..o.len()]);
                o.iter_mut().zip(x.iter().zip(y)).for_each(|(o, (&x, &y))| *o = f(x, y));
            }
        });
    }
}

struct Along<'a, E, F> {
    out: &'a mut [E],
    x: &'a [E],
    f: &'a F,
}

impl<E: Elem, F: Fn(E) -> E> simd::Kernel for Along<'_, E, F> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        along(self.out, self.x, self.f);
    }
}

struct Update<'a, E, F> {
    out: &'a mut [E],
    x: &'a [E],
    f: &'a F,
}

impl<E: Elem, F: Fn(E, E) -> E> simd::Kernel for Update<'_, E, F> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        update_along(self.out, self.x, self.f);
    }
}

// The slices are arguments, not fields: only then does the compiler know that no store changes what `f` has
// captured, and vectorises.

/// `out[i] = f(x[i])`.
#[inline(always)]
fn along<E: Elem>(out: &mut [E], x: &[E], f: impl Fn(E) -> E) {
    let x = &x[..out.len()];
    out.iter_mut().zip(x).for_each(|(o, &x)| *o = f(x));
}

/// `out[i] = f(out[i], x[i])`.
#[inline(always)]
fn update_along<E: Elem>(out: &mut [E], x: &[E], f: impl Fn(E, E) -> E) {
    let x = &x[..out.len()];
    out.iter_mut().zip(x).for_each(|(o, &x)| *o = f(*o, x));
}

/// `out[i] = f(a[i], b[i], c[i])`.
///
/// # Panics
/// If the shapes differ: this one does not broadcast.
#[track_caller]
pub fn zip3<E: Elem>(a: &Array<E>, b: &Array<E>, c: &Array<E>, f: impl Fn(E, E, E) -> E + Sync) -> Array<E> {
    same("zip3", a, b);
    same("zip3", a, c);
    let mut out = Array::stale(a.shape());
    let (x, y, z) = (a.as_slice(), b.as_slice(), c.as_slice());
    for_each_chunk(out.as_mut_slice(), GRAIN, x.len(), |k, o| {
        let [x, y, z] = [x, y, z].map(|s| &s[k * GRAIN..][..o.len()]);
        // The third operand is copied to the output first: one dispatched loop of two inputs then serves.
        o.copy_from_slice(z);
        simd::update2(o, x, y, |z, x, y| f(x, y, z));
    });
    out
}

/// `a + b`, broadcasting.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn add<E: Elem>(a: &Array<E>, b: &Array<E>) -> Array<E> {
    zip_as("add", a, b, |x, y| x + y)
}

/// `a − b`, broadcasting.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn sub<E: Elem>(a: &Array<E>, b: &Array<E>) -> Array<E> {
    zip_as("sub", a, b, |x, y| x - y)
}

/// `a · b` element by element, broadcasting.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn mul<E: Elem>(a: &Array<E>, b: &Array<E>) -> Array<E> {
    zip_as("mul", a, b, |x, y| x * y)
}

/// `a / b` element by element, broadcasting.
///
/// # Panics
/// If the shapes do not broadcast.
#[track_caller]
pub fn div<E: Elem>(a: &Array<E>, b: &Array<E>) -> Array<E> {
    zip_as("div", a, b, |x, y| x / y)
}

/// `−a`.
pub fn neg<E: Elem>(a: &Array<E>) -> Array<E> {
    map(a, |x| -x)
}

/// `s · a`.
pub fn scale<E: Elem>(a: &Array<E>, s: E) -> Array<E> {
    map(a, |x| s * x)
}

/// `a + s`.
pub fn add_scalar<E: Elem>(a: &Array<E>, s: E) -> Array<E> {
    map(a, |x| x + s)
}

/// `acc += x` in place (`acc` is copied first if its buffer is shared).
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn add_assign<E: Elem>(acc: &mut Array<E>, x: &Array<E>) {
    same("add_assign", acc, x);
    update(acc, x, |a, x| a + x);
}

/// `acc += s · x` in place (`acc` is copied first if its buffer is shared).
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn add_scaled<E: Elem>(acc: &mut Array<E>, s: E, x: &Array<E>) {
    same("add_scaled", acc, x);
    update(acc, x, |a, x| a + s * x);
}

/// `acc += x` on slices, on this thread.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn add_slice<E: Elem>(acc: &mut [E], x: &[E]) {
    simd::update(acc, x, |a, x| a + x);
}

fn update<E: Elem>(acc: &mut Array<E>, x: &Array<E>, f: impl Fn(E, E) -> E + Sync) {
    let x = x.as_slice();
    for_each_chunk(acc.as_mut_slice(), GRAIN, x.len(), |k, o| {
        simd::dispatch(Update { out: o, x: &x[k * GRAIN..], f: &f });
    });
}

#[track_caller]
fn same<E: Elem>(op: &str, a: &Array<E>, b: &Array<E>) {
    assert!(a.shape() == b.shape(), "{op}: shapes {} and {} differ", a.shape(), b.shape());
}
