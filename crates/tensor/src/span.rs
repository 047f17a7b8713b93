//! The element-wise loop that strided rows, normalisation and dropout share.

use crate::Elem;
use crate::extent::inside;
use sparring_math::simd;

/// `y[i] = f(y[i], [x[0][i], x[1][i], ..])`; where `f` ignores its first argument, `y` is only written.
#[inline(always)]
pub(crate) fn span<E: Elem, const S: usize>(y: &mut [E], x: [&[E]; S], f: impl Fn(E, [E; S]) -> E) {
    let n = y.len();
    let x: [&[E]; S] = std::array::from_fn(|s| &x[s][..n]);
    for i in 0..n {
        y[i] = f(y[i], std::array::from_fn(|s| x[s][i]));
    }
}

/// [`span`] over `n` rows of `len` numbers that lie apart; each slice comes with the distance between the beginnings of its rows.
///
/// # Panics
/// If a slice is too short or rows of `y` overlap.
#[track_caller]
pub(crate) fn spans<E: Elem, const S: usize>(
    what: &'static str,
    [n, len]: [usize; 2],
    (y, to): (&mut [E], usize),
    x: [(&[E], usize); S],
    f: impl Fn(E, [E; S]) -> E,
) {
    assert!(to >= len, "{what}: rows of {len} numbers overlap {to} apart");
    inside(what, [(n, to), (len, 1)], y.len());
    for (x, apart) in x {
        inside(what, [(n, apart), (len, 1)], x.len());
    }
    if n > 0 && len > 0 {
        simd::dispatch(Spans { n, len, y, to, x, f });
    }
}

struct Spans<'a, E, F, const S: usize> {
    n: usize,
    len: usize,
    y: &'a mut [E],
    to: usize,
    x: [(&'a [E], usize); S],
    f: F,
}

impl<E: Elem, F: Fn(E, [E; S]) -> E, const S: usize> simd::Kernel for Spans<'_, E, F, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { n, len, y, to, x, f } = self;
        if to == len && x.iter().all(|&(_, apart)| apart == len) {
            return span(&mut y[..n * len], x.map(|(x, _)| x), f);
        }
        for i in 0..n {
            span(&mut y[i * to..][..len], x.map(|(x, apart)| &x[i * apart..][..len]), &f);
        }
    }
}
