//! Element-wise loops with coefficients for each channel.

use super::BatchNormBlock;
use crate::Elem;
use crate::extent::inside;
use crate::span::span;
use sparring_math::simd;

/// Numbers of repeated coefficients: many rows of few channels are then one loop.
const PERIOD: usize = 512;
/// Below so many numbers repeating the coefficients costs more than it gains.
const LONG: usize = 2 * PERIOD;

/// `y[row, c] = f(y[row, c], [x[0][row, c], ..], [k[0][c], ..])` over `n` examples; each slice comes with the distance between its examples.
///
/// # Panics
/// If a slice is too short, examples of `y` overlap, or coefficients are not one a channel.
#[track_caller]
pub(super) fn per_channel<E: Elem, const S: usize, const K: usize>(
    what: &'static str,
    block: BatchNormBlock,
    n: usize,
    (y, to): (&mut [E], usize),
    x: [(&[E], usize); S],
    k: [&[E]; K],
    f: impl Fn(E, [E; S], [E; K]) -> E,
) {
    block.per_channel(what, &k.map(|k| k.len()));
    let example = block.example();
    assert!(to >= example, "{what}: examples of {example} numbers overlap {to} apart");
    inside(what, [(n, to), (example, 1)], y.len());
    for (x, apart) in x {
        inside(what, [(n, apart), (example, 1)], x.len());
    }
    if n > 0 && example > 0 {
        simd::dispatch(PerChannel { block, n, y, to, x, k, f });
    }
}

struct PerChannel<'a, E, F, const S: usize, const K: usize> {
    block: BatchNormBlock,
    n: usize,
    y: &'a mut [E],
    to: usize,
    x: [(&'a [E], usize); S],
    k: [&'a [E]; K],
    f: F,
}

impl<E: Elem, F: Fn(E, [E; S], [E; K]) -> E, const S: usize, const K: usize> simd::Kernel
    for PerChannel<'_, E, F, S, K>
{
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { block, n, y, to, x, k, f } = self;
        let (c, example) = (block.channels, block.example());
        let dense = to == example && x.iter().all(|&(_, apart)| apart == example);
        // All examples as one, if there is nothing between them.
        let (n, length) = if dense { (1, n * example) } else { (n, example) };
        let mut store = [[E::ZERO; PERIOD]; K];
        let (mut k, mut period) = (k, c);
        if c <= PERIOD / 2 && length >= LONG {
            period = whole_blocks(c);
            for (store, k) in store.iter_mut().zip(k) {
                store[..period].chunks_exact_mut(c).for_each(|store| store.copy_from_slice(k));
            }
            k = std::array::from_fn(|j| &store[j][..period]);
        }
        for i in 0..n {
            let x = x.map(|(x, apart)| &x[i * apart..][..length]);
            for (at, y) in y[i * to..][..length].chunks_mut(period).enumerate() {
                let (at, length) = (at * period, y.len());
                both(y, x.map(|x| &x[at..][..length]), k.map(|k| &k[..length]), &f);
            }
        }
    }
}

/// A multiple of `c` up to [`PERIOD`], of whole vectors if there is one.
#[inline(always)]
fn whole_blocks(c: usize) -> usize {
    let blocks = c * (16usize >> c.trailing_zeros().min(4));
    let unit = if blocks <= PERIOD { blocks } else { c };
    PERIOD / unit * unit
}

/// [`span`] with inputs of two kinds.
#[inline(always)]
fn both<E: Elem, const S: usize, const K: usize>(
    y: &mut [E],
    x: [&[E]; S],
    k: [&[E]; K],
    f: &impl Fn(E, [E; S], [E; K]) -> E,
) {
    const MOST: usize = 8;
    const { assert!(S + K <= MOST) };
    // Arrays cannot be joined by length yet; the slices that fill up the rest are never read.
    let all: [&[E]; MOST] = std::array::from_fn(|i| {
        if i < S {
            x[i]
        } else if i < S + K {
            k[i - S]
        } else {
            k[0]
        }
    });
    span(y, all, |y, all| f(y, std::array::from_fn(|s| all[s]), std::array::from_fn(|j| all[S + j])));
}
