//! The loops of max pooling, vectorised over channels.

use super::PoolBlock;
use crate::{Elem, PoolGeometry};
use sparring_math::simd;

/// Channels at a time where there are as many.
const LANES: usize = 16;

/// One image; with `RELU`, of max(x, 0).
pub(super) struct Max<'a, E, const RELU: bool> {
    pub block: &'a PoolBlock,
    pub x: &'a [E],
    pub y: &'a mut [E],
    pub at: &'a mut [u8],
}

impl<E: Elem, const RELU: bool> simd::Kernel for Max<'_, E, RELU> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let PoolBlock { input: [h, w], output: [_, ow], c, geometry: g } = *self.block;
        if self.x.is_empty() {
            return;
        }
        let halves = g == PoolGeometry::default();
        let cells = self.y.chunks_exact_mut(c).zip(self.at.chunks_exact_mut(c));
        for (p, (y, at)) in cells.enumerate() {
            let (i, j) = (p / ow, p % ow);
            if halves {
                let up = &self.x[(2 * i * w + 2 * j) * c..][..2 * c];
                let down = &self.x[((2 * i + 1) * w + 2 * j) * c..][..2 * c];
                four::<E, RELU>([&up[..c], &up[c..], &down[..c], &down[c..]], y, at);
                continue;
            }
            let (rows, columns) = (g.window(0, i, h), g.window(1, j, w));
            let mut first = true;
            for r in rows {
                for q in columns.clone() {
                    let place = (r + g.padding[0] - i * g.stride[0]) * g.kernel[1] + q + g.padding[1]
                        - j * g.stride[1];
                    let x = &self.x[(r * w + q) * c..][..c];
                    for ((y, at), &x) in y.iter_mut().zip(at.iter_mut()).zip(x) {
                        let x = before::<E, RELU>(x);
                        let wins = first | (x > *y) | x.is_nan();
                        *y = if wins { x } else { *y };
                        *at = if wins { place as u8 } else { *at };
                    }
                    first = false;
                }
            }
        }
    }
}

/// A comparison, not a maximum: it lets NaN through.
#[inline(always)]
fn before<E: Elem, const RELU: bool>(x: E) -> E {
    if RELU && x < E::ZERO { E::ZERO } else { x }
}

/// A window of 2 x 2.
#[inline(always)]
fn four<E: Elem, const RELU: bool>(four: [&[E]; 4], y: &mut [E], at: &mut [u8]) {
    let n = y.len();
    let whole = n / LANES * LANES;
    let (parts, _) = y.as_chunks_mut::<LANES>();
    for (k, (y, at)) in parts.iter_mut().zip(at.as_chunks_mut::<LANES>().0).enumerate() {
        let vector = |x: usize| four[x][k * LANES..].first_chunk().expect("as many as the output has");
        best_of_vectors::<E, RELU>([vector(0), vector(1), vector(2), vector(3)], y, at);
    }
    for l in whole..n {
        (y[l], at[l]) = best::<E, RELU>(four.map(|x| x[l]));
    }
}

/// [`best`] for vectors. Lengths are fixed and places are as wide as `f32`: else the compiler may leave the loop as it is, which costs a convolutional network 5 %.
#[inline(always)]
fn best_of_vectors<E: Elem, const RELU: bool>(x: [&[E; LANES]; 4], y: &mut [E; LANES], at: &mut [u8; LANES]) {
    let (mut best, mut places) = ([E::ZERO; LANES], [0u32; LANES]);
    for l in 0..LANES {
        best[l] = before::<E, RELU>(x[0][l]);
    }
    for place in 1..4 {
        for l in 0..LANES {
            let x = before::<E, RELU>(x[place][l]);
            let wins = (x > best[l]) | x.is_nan();
            best[l] = if wins { x } else { best[l] };
            places[l] = if wins { place as u32 } else { places[l] };
        }
    }
    *y = best;
    for l in 0..LANES {
        at[l] = places[l] as u8;
    }
}

#[inline(always)]
fn best<E: Elem, const RELU: bool>(x: [E; 4]) -> (E, u8) {
    let (mut y, mut at) = (before::<E, RELU>(x[0]), 0);
    for place in 1..4 {
        let x = before::<E, RELU>(x[place]);
        // No short circuit: a branch for each pixel would cost more than the comparison.
        let wins = (x > y) | x.is_nan();
        y = if wins { x } else { y };
        at = if wins { place as u8 } else { at };
    }
    (y, at)
}

/// One image's gradient; with `RELU`, only where `y` is above 0.
pub(super) struct Back<'a, E, const RELU: bool> {
    pub block: &'a PoolBlock,
    pub dy: &'a [E],
    pub y: &'a [E],
    pub at: &'a [u8],
    pub dx: &'a mut [E],
}

impl<E: Elem, const RELU: bool> simd::Kernel for Back<'_, E, RELU> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let PoolBlock { input: [h, w], output: [oh, ow], c, geometry: g } = *self.block;
        if self.dx.is_empty() {
            return;
        }
        if g == PoolGeometry::default() {
            for (i, rows) in self.dx.chunks_mut(2 * w * c).enumerate() {
                if i == oh {
                    rows.fill(E::ZERO);
                    continue;
                }
                let (up, down) = rows.split_at_mut(w * c);
                for j in 0..ow {
                    let of = (i * ow + j) * c..(i * ow + j + 1) * c;
                    let y = if RELU { &self.y[of.clone()] } else { &[] };
                    let (up, down) = (&mut up[2 * j * c..][..2 * c], &mut down[2 * j * c..][..2 * c]);
                    let ((a, b), (d, e)) = (up.split_at_mut(c), down.split_at_mut(c));
                    spread::<E, RELU>(&self.dy[of.clone()], y, &self.at[of], [a, b, d, e]);
                }
                up[2 * ow * c..].fill(E::ZERO);
                down[2 * ow * c..].fill(E::ZERO);
            }
            return;
        }
        self.dx.fill(E::ZERO);
        for p in 0..oh * ow {
            let (i, j) = (p / ow, p % ow);
            for l in 0..c {
                let at = usize::from(self.at[p * c + l]);
                // A place in the border maps to an index beyond every image.
                let r = (i * g.stride[0] + at / g.kernel[1]).wrapping_sub(g.padding[0]);
                let q = (j * g.stride[1] + at % g.kernel[1]).wrapping_sub(g.padding[1]);
                assert!(r < h && q < w, "pool: winner {at} of window ({i}, {j}) lies outside the image");
                let y = if RELU { self.y[p * c + l] } else { E::ONE };
                self.dx[(r * w + q) * c + l] += passed::<E, RELU>(self.dy[p * c + l], y);
            }
        }
    }
}

#[inline(always)]
fn passed<E: Elem, const RELU: bool>(dy: E, y: E) -> E {
    let numbers = if y > E::ZERO { dy } else { E::ZERO };
    if !RELU {
        dy
    } else if y.is_nan() {
        y
    } else {
        numbers
    }
}

/// A window of 2 x 2: its four pixels are written once.
#[inline(always)]
fn spread<E: Elem, const RELU: bool>(dy: &[E], y: &[E], at: &[u8], mut dx: [&mut [E]; 4]) {
    let n = dy.len();
    let y = if RELU { y } else { dy };
    let whole = n / LANES * LANES;
    let parts = dy.as_chunks::<LANES>().0.iter().zip(y.as_chunks::<LANES>().0);
    for (k, ((dy, y), at)) in parts.zip(at.as_chunks::<LANES>().0).enumerate() {
        let mut v = [E::ZERO; LANES];
        for l in 0..LANES {
            v[l] = passed::<E, RELU>(dy[l], y[l]);
        }
        for (place, dx) in dx.iter_mut().enumerate() {
            let dx = &mut dx[k * LANES..][..LANES];
            for l in 0..LANES {
                dx[l] = if at[l] == place as u8 { v[l] } else { E::ZERO };
            }
        }
    }
    for l in whole..n {
        for (place, dx) in dx.iter_mut().enumerate() {
            let v = passed::<E, RELU>(dy[l], y[l]);
            dx[l] = if at[l] == place as u8 { v } else { E::ZERO };
        }
    }
}
