//! Two sums for each channel over rows: what the statistics and the gradients of batch normalisation have in common.

use super::BatchNormBlock;
use crate::Elem;
use crate::extent::inside;
use sparring_math::simd;

/// Rows summed in `E` before their sum is added to the `f64`: it bounds the rounding error of long sums.
const CHUNK: usize = 128;
/// Partial sums side by side. Rows of few channels that lie one after the other are seen as fewer, wider ones.
const WIDTH: usize = 256;
/// The widest block of the inner loop. A constant: the loop over a block then has no rest.
const BLOCK: usize = 64;
/// The block for narrower rows.
const NARROW: usize = 16;
/// Rows at a time: the sums are loaded and stored once for all of them.
const TOGETHER: usize = 4;
/// Least number of wide rows: summing them must cost more than adding up the partial sums.
const ENOUGH: usize = 16;

/// `sums[k][c] += Σ over rows of term([x[0][row, c], x[1][row, c], ..], centre[c])[k]`.
///
/// # Panics
/// If a slice is too short.
#[track_caller]
pub(super) fn add_columns<E: Elem, const S: usize>(
    what: &'static str,
    block: BatchNormBlock,
    n: usize,
    x: [(&[E], usize); S],
    centre: &[E],
    sums: [&mut [f64]; 2],
    term: impl Fn([E; S], E) -> [E; 2],
) {
    block.per_channel(what, &[centre.len(), sums[0].len(), sums[1].len()]);
    for (x, apart) in x {
        inside(what, [(n, apart), (block.example(), 1)], x.len());
    }
    if n > 0 && block.example() > 0 {
        simd::dispatch(Columns { block, n, x, centre, sums, term });
    }
}

struct Columns<'a, E, F, const S: usize> {
    block: BatchNormBlock,
    n: usize,
    x: [(&'a [E], usize); S],
    centre: &'a [E],
    sums: [&'a mut [f64]; 2],
    term: F,
}

impl<E: Elem, F: Fn([E; S], E) -> [E; 2], const S: usize> simd::Kernel for Columns<'_, E, F, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { block, n, x, centre, sums: [first, second], term } = self;
        let (c, example) = (block.channels, block.example());
        let dense = x.iter().all(|&(_, apart)| apart == example);
        // Runs of rows with one distance between them.
        let (runs, rows, strides) = if block.pixels == 1 {
            (1, n, x.map(|(_, apart)| apart))
        } else if dense {
            (1, n * block.pixels, [c; S])
        } else {
            (n, block.pixels, [c; S])
        };
        // `group` rows are one, where nothing lies between them.
        let fits = if strides == [c; S] { WIDTH / c } else { 1 };
        let group = (rows / ENOUGH).max(BLOCK.div_ceil(c)).min(rows).min(fits).max(1);
        let wide = rows / group;
        // No closure: it would not be compiled for the instruction set.
        for i in 0..runs {
            let mut row = 0;
            while row < rows {
                let group = if row < wide * group { group } else { 1 };
                let chunk = ((if group > 1 { wide * group } else { rows } - row) / group).min(CHUNK);
                let x = std::array::from_fn(|s| &x[s].0[i * x[s].1 + row * strides[s]..]);
                let strides = strides.map(|stride| stride * group);
                add_chunk(x, strides, chunk, group, centre, [first, second], &term);
                row += chunk * group;
            }
        }
    }
}

/// Some rows, `strides` apart, each of `group` rows of channels.
#[inline(always)]
fn add_chunk<E: Elem, const S: usize>(
    x: [&[E]; S],
    strides: [usize; S],
    rows: usize,
    group: usize,
    channels: &[E],
    [first, second]: [&mut [f64]; 2],
    term: &impl Fn([E; S], E) -> [E; 2],
) {
    let width = channels.len() * group;
    for at in (0..width).step_by(WIDTH) {
        let width = (width - at).min(WIDTH);
        let channels = &channels[at..][..width / group];
        let (mut a, mut b) = ([E::ZERO; WIDTH + BLOCK], [E::ZERO; WIDTH + BLOCK]);
        let mut centre = [E::ZERO; WIDTH];
        for centre in centre[..width].chunks_exact_mut(channels.len()) {
            centre.copy_from_slice(channels);
        }
        let (x, centre) = (x.map(|x| &x[at..]), &centre[..width]);
        if width >= BLOCK {
            add_rows::<E, S, BLOCK>(x, strides, rows, centre, [&mut a, &mut b], term);
        } else if width >= NARROW {
            add_rows::<E, S, NARROW>(x, strides, rows, centre, [&mut a, &mut b], term);
        } else {
            add_rows::<E, S, 1>(x, strides, rows, centre, [&mut a, &mut b], term);
        }
        for (sums, to) in [(&a[..width], &mut first[at..]), (&b[..width], &mut second[at..])] {
            for sums in sums.chunks_exact(channels.len()) {
                to.iter_mut().zip(sums).for_each(|(to, sum)| *to += sum.to_f64());
            }
        }
    }
}

/// Blocks of `B` numbers; the last one overlaps the one before, and its sums are stored after all others until the end.
#[inline(always)]
fn add_rows<E: Elem, const S: usize, const B: usize>(
    x: [&[E]; S],
    strides: [usize; S],
    rows: usize,
    centre: &[E],
    [first, second]: [&mut [E; WIDTH + BLOCK]; 2],
    term: &impl Fn([E; S], E) -> [E; 2],
) {
    let width = centre.len();
    let mut row = 0;
    while row < rows {
        let from: [usize; S] = std::array::from_fn(|s| row * strides[s]);
        let together = if rows - row >= TOGETHER { TOGETHER } else { 1 };
        for k in 0..width.div_ceil(B) {
            let at = (k * B).min(width - B);
            let x = std::array::from_fn(|s| &x[s][from[s] + at..]);
            let centre = &centre[at..].as_chunks().0[0];
            let sums = [&mut first.as_chunks_mut().0[k], &mut second.as_chunks_mut().0[k]];
            if together > 1 {
                add_block::<E, S, B, TOGETHER>(x, strides, centre, sums, term);
            } else {
                add_block::<E, S, B, 1>(x, strides, centre, sums, term);
            }
        }
        row += together;
    }
    let last = width.div_ceil(B) - 1;
    let known = last * B - (last * B).min(width - B);
    for sums in [first, second] {
        sums.copy_within(last * B + known..(last + 1) * B, last * B);
    }
}

/// `R` rows of one block.
#[inline(always)]
fn add_block<E: Elem, const S: usize, const B: usize, const R: usize>(
    x: [&[E]; S],
    strides: [usize; S],
    centre: &[E; B],
    [first, second]: [&mut [E; B]; 2],
    term: &impl Fn([E; S], E) -> [E; 2],
) {
    let x: [[&[E; B]; R]; S] =
        std::array::from_fn(|s| std::array::from_fn(|r| &x[s][r * strides[s]..].as_chunks().0[0]));
    for l in 0..B {
        let [mut a, mut b] = [E::ZERO; 2];
        for r in 0..R {
            let terms = term(std::array::from_fn(|s| x[s][r][l]), centre[l]);
            a += terms[0];
            b += terms[1];
        }
        first[l] += a;
        second[l] += b;
    }
}
