//! Two sums for each channel over rows: what the statistics and the gradients of batch normalisation have in common.

use super::BatchNormBlock;
use crate::Elem;
use crate::extent::inside;
use sparring_math::simd;

/// Rows summed in `E` before their sum is added to the `f64`: it bounds the rounding error of long sums.
const CHUNK: usize = 128;
/// Numbers whose two sums stay in registers: several rows where the channels are few.
const LANES: usize = 32;
/// The narrowest block of channels.
const NARROW: usize = 16;

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
        let mut add = |x: [&[E]; S], strides: [usize; S], rows: usize| {
            for row in (0..rows).step_by(CHUNK) {
                let x: [&[E]; S] = std::array::from_fn(|s| &x[s][row * strides[s]..]);
                add_chunk(x, strides, (rows - row).min(CHUNK), centre, [first, second], &term);
            }
        };
        let slices = x.map(|(x, _)| x);
        if block.pixels == 1 {
            add(slices, x.map(|(_, apart)| apart), n);
        } else if x.iter().all(|&(_, apart)| apart == example) {
            add(slices, [c; S], n * block.pixels);
        } else {
            for i in 0..n {
                add(x.map(|(x, apart)| &x[i * apart..]), [c; S], block.pixels);
            }
        }
    }
}

/// Some rows, `strides` apart.
#[inline(always)]
fn add_chunk<E: Elem, const S: usize>(
    x: [&[E]; S],
    strides: [usize; S],
    rows: usize,
    centre: &[E],
    [first, second]: [&mut [f64]; 2],
    term: &impl Fn([E; S], E) -> [E; 2],
) {
    let c = centre.len();
    if c < NARROW {
        return add_narrow(x, strides, rows, centre, [first, second], term);
    }
    let mut at = 0;
    while c - at >= LANES {
        let sums = tile::<E, _, S, LANES, 1>(x.map(|x| &x[at..]), strides, rows, &centre[at..], term);
        add_sums(&sums[0], &mut first[at..]);
        add_sums(&sums[1], &mut second[at..]);
        at += LANES;
    }
    while at < c {
        // The last block overlaps the one before; what is known already is left out.
        let from = at.min(c - NARROW);
        let sums = tile::<E, _, S, NARROW, 2>(x.map(|x| &x[from..]), strides, rows, &centre[from..], term);
        add_sums(&sums[0][at - from..], &mut first[at..]);
        add_sums(&sums[1][at - from..], &mut second[at..]);
        at = from + NARROW;
    }
}

/// Few channels: where the rows lie one after the other, as many as fill whole blocks are seen as one.
#[inline(always)]
fn add_narrow<E: Elem, const S: usize>(
    x: [&[E]; S],
    strides: [usize; S],
    rows: usize,
    centre: &[E],
    [first, second]: [&mut [f64]; 2],
    term: &impl Fn([E; S], E) -> [E; 2],
) {
    let c = centre.len();
    // c · group is a multiple of the block.
    let group = NARROW >> c.trailing_zeros();
    let wide = if strides == [c; S] { rows / group } else { 0 };
    if wide > 0 {
        for from in (0..c * group).step_by(NARROW) {
            let centre: [E; NARROW] = std::array::from_fn(|l| centre[(from + l) % c]);
            let x = x.map(|x| &x[from..]);
            let sums = tile::<E, _, S, NARROW, 2>(x, [c * group; S], wide, &centre, term);
            for l in 0..NARROW {
                first[(from + l) % c] += sums[0][l].to_f64();
                second[(from + l) % c] += sums[1][l].to_f64();
            }
        }
    }
    for row in wide * group..rows {
        for l in 0..c {
            let sums = term(std::array::from_fn(|s| x[s][row * strides[s] + l]), centre[l]);
            first[l] += sums[0].to_f64();
            second[l] += sums[1].to_f64();
        }
    }
}

/// The sums of `W` channels: those of every `R`-th row apart, then added.
#[inline(always)]
fn tile<E: Elem, F: Fn([E; S], E) -> [E; 2], const S: usize, const W: usize, const R: usize>(
    x: [&[E]; S],
    strides: [usize; S],
    rows: usize,
    centre: &[E],
    term: &F,
) -> [[E; W]; 2] {
    let centre: [E; W] = centre.as_chunks::<W>().0[0];
    let (mut first, mut second) = ([[E::ZERO; W]; R], [[E::ZERO; W]; R]);
    for group in 0..rows / R {
        for r in 0..R {
            let x: [&[E; W]; S] =
                std::array::from_fn(|s| &x[s][(group * R + r) * strides[s]..].as_chunks::<W>().0[0]);
            for l in 0..W {
                let [a, b] = term(std::array::from_fn(|s| x[s][l]), centre[l]);
                first[r][l] += a;
                second[r][l] += b;
            }
        }
    }
    for row in rows / R * R..rows {
        for l in 0..W {
            let [a, b] = term(std::array::from_fn(|s| x[s][row * strides[s] + l]), centre[l]);
            first[0][l] += a;
            second[0][l] += b;
        }
    }
    for r in 1..R {
        for l in 0..W {
            first[0][l] += first[r][l];
            second[0][l] += second[r][l];
        }
    }
    [first[0], second[0]]
}

#[inline(always)]
fn add_sums<E: Elem>(sums: &[E], to: &mut [f64]) {
    to.iter_mut().zip(sums).for_each(|(to, sum)| *to += sum.to_f64());
}
