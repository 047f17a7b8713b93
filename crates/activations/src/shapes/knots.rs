//! A continuous piecewise-linear function on evenly spaced knots, by its slopes.
//!
//! Knots tᵢ = (i − (K − 1)/2) h, i = 0 .. K − 1; segment j = 0 .. K lies left of knot j and right of knot j − 1, and has slope s_j. The value at
//! the knot next to 0 is the bias; every other one follows by adding up.

use crate::learnt::Sharing;
use sparring_math::Real;
use sparring_math::simd::{Kernel, dispatch};

/// Where the knots are, and the interval [low, high] to which slopes are clamped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knots<E> {
    /// Number of knots K, at least 2.
    pub(crate) count: usize,
    /// Distance h of two knots.
    pub(crate) step: E,
    /// The smallest slope: one below counts as this and has no gradient.
    pub(crate) low: E,
    /// The largest slope: one above counts as this and has no gradient.
    pub(crate) high: E,
}

/// The values of a group: what its elements read.
#[derive(Clone, Debug)]
pub(crate) struct Table<E> {
    /// For each segment its slope, the knot from which it is reckoned, and the value there.
    lines: Vec<[E; 3]>,
}

/// Elements whose segments are found together.
const BLOCK: usize = 64;

impl<E: Real> Knots<E> {
    /// Number of parameters: K + 1 slopes, and the bias after them.
    pub(crate) fn params(&self) -> usize {
        self.count + 2
    }

    /// The knot next to 0, left of it if there are two.
    fn anchor(&self) -> usize {
        (self.count - 1) / 2
    }

    fn knot(&self, i: usize) -> E {
        E::of(i as f64 - 0.5 * (self.count - 1) as f64) * self.step
    }

    /// The knot from which segment j is reckoned: its end on the side of the anchor.
    fn reference(&self, j: usize) -> usize {
        if j > self.anchor() { j - 1 } else { j }
    }

    fn is_free(&self, slope: E) -> bool {
        slope >= self.low && slope <= self.high
    }

    /// Segments of the parameters p, with slopes clamped.
    pub(crate) fn table(&self, p: &[E]) -> Table<E> {
        self.table_of(p, |s| {
            if s < self.low {
                self.low
            } else if s > self.high {
                self.high
            } else {
                s
            }
        })
    }

    /// Segments of the vector v beside the parameters p: the derivative along v. It is linear, and 0 where a slope is clamped.
    fn along(&self, p: &[E], v: &[E]) -> Table<E> {
        let masked: Vec<E> =
            (0..v.len()).map(|i| if i > self.count || self.is_free(p[i]) { v[i] } else { E::ZERO }).collect();
        self.table_of(&masked, |s| s)
    }

    fn table_of(&self, p: &[E], slope: impl Fn(E) -> E) -> Table<E> {
        let (k, a) = (self.count, self.anchor());
        let mut values = vec![p[k + 1]; k];
        for i in a + 1..k {
            values[i] = values[i - 1] + slope(p[i]) * self.step;
        }
        for i in (0..a).rev() {
            values[i] = values[i + 1] - slope(p[i + 1]) * self.step;
        }
        let line = |j: usize| {
            let i = self.reference(j);
            [slope(p[j]), self.knot(i), values[i]]
        };
        Table { lines: (0..=k).map(line).collect() }
    }

    /// The segments of some elements; a knot belongs to the one on its left.
    #[inline(always)]
    fn locate(&self, x: &[E], segments: &mut [u32]) {
        // Reckoned from 0, so that the sign of the smallest x counts where a knot stands there.
        let (inverse, middle) = (E::ONE / self.step, (self.count - 1) / 2);
        let shift = E::of(0.5 * ((self.count - 1) % 2) as f64);
        let (first, last) = (E::of(-(middle as f64)), E::of((self.count - middle) as f64));
        for (segment, &x) in segments.iter_mut().zip(x) {
            let u = x * inverse + shift;
            let u = if u > first { u } else { first };
            let u = (if u < last { u } else { last }).to_f64();
            let whole = u as i32;
            *segment = (whole + i32::from(f64::from(whole) < u) + middle as i32) as u32;
        }
    }

    /// Adds what the sums over elements, segment by segment, are worth for each parameter.
    fn gather(&self, p: &[E], sums: &[[f64; 2]], dp: &mut [E]) {
        let (k, a, h) = (self.count, self.anchor(), self.step.to_f64());
        let mut add = |j: usize, value: f64| {
            if self.is_free(p[j]) {
                dp[j] += E::of(value);
            }
        };
        let mut beyond = 0.0;
        for j in (a + 1..=k).rev() {
            add(j, sums[j][1] + h * beyond);
            beyond += sums[j][0];
        }
        let mut before = 0.0;
        for j in 0..=a {
            add(j, sums[j][1] - h * before);
            before += sums[j][0];
        }
        dp[k + 1] += E::of(before + beyond);
    }
}

impl<E: Real> Table<E> {
    #[inline(always)]
    fn value(&self, segment: u32, x: E) -> E {
        let [slope, knot, value] = self.lines[segment as usize];
        // 0 · ∞ would be NaN.
        let x = if slope == E::ZERO { x.smaller(E::MAX).larger(-E::MAX) } else { x };
        value + slope * (x - knot)
    }

    #[inline(always)]
    fn slope(&self, segment: u32, x: E) -> E {
        let [slope, ..] = self.lines[segment as usize];
        if x.is_nan() { x } else { slope }
    }

    /// f(x).
    pub(crate) fn f(&self, knots: &Knots<E>, x: E) -> E {
        let mut segment = [0];
        knots.locate(&[x], &mut segment);
        self.value(segment[0], x)
    }

    /// f'(x).
    pub(crate) fn df(&self, knots: &Knots<E>, x: E) -> E {
        let mut segment = [0];
        knots.locate(&[x], &mut segment);
        self.slope(segment[0], x)
    }
}

/// What a pass computes of each element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// f.
    Value,
    /// dy · f'.
    InputGrad,
    /// dy · f'; Σ dy · ∂f/∂p.
    Gradients,
    /// 0; Σ dy · ∂f'/∂p.
    SlopeGrad,
    /// dy · (∂f'/∂p · v) and ∂f/∂p · v.
    Along,
}

/// A pass over elements that share their parameters in groups.
pub(crate) struct Pass<'a, E> {
    pub(crate) knots: Knots<E>,
    pub(crate) wanted: Wanted,
    pub(crate) sharing: Sharing,
    /// `[groups, params]`.
    pub(crate) p: &'a [E],
    /// As p where it is used.
    pub(crate) v: &'a [E],
    pub(crate) x: &'a [E],
    /// As x where it is used.
    pub(crate) dy: &'a [E],
    pub(crate) out: &'a mut [E],
    /// As x where it is used.
    pub(crate) second: &'a mut [E],
    /// As p where it is used.
    pub(crate) dp: &'a mut [E],
}

impl<E: Real> Pass<'_, E> {
    /// Runs it, on the widest instruction set.
    pub(crate) fn go(self) {
        dispatch(self);
    }
}

impl<E: Real> Kernel for Pass<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(mut self) {
        let (s, k) = (self.sharing, self.knots.params());
        let groups: Vec<Table<E>> = self
            .p
            .chunks_exact(k)
            .enumerate()
            .map(|(g, p)| match self.wanted {
                Wanted::Along => self.knots.along(p, &self.v[g * k..][..k]),
                _ => self.knots.table(p),
            })
            .collect();
        let summed = matches!(self.wanted, Wanted::Gradients | Wanted::SlopeGrad);
        let mut sums = vec![[0.0f64; 2]; if summed { groups.len() * (k - 1) } else { 0 }];
        let run = if s.groups == 1 { self.x.len().max(1) } else { s.run };
        for (i, start) in (0..self.x.len()).step_by(run).enumerate() {
            let g = i % s.groups;
            let sums = if summed { &mut sums[g * (k - 1)..][..k - 1] } else { &mut [][..] };
            for from in (start..start + run).step_by(BLOCK) {
                self.block(&groups[g], sums, from, (start + run - from).min(BLOCK));
            }
        }
        if summed {
            for (g, p) in self.p.chunks_exact(k).enumerate() {
                let sums = &sums[g * (k - 1)..][..k - 1];
                self.knots.gather(p, sums, &mut self.dp[g * k..][..k]);
            }
        }
    }
}

impl<E: Real> Pass<'_, E> {
    #[inline(always)]
    fn block(&mut self, table: &Table<E>, sums: &mut [[f64; 2]], from: usize, len: usize) {
        let mut segments = [0; BLOCK];
        let (x, out) = (&self.x[from..from + len], &mut self.out[from..from + len]);
        self.knots.locate(x, &mut segments[..len]);
        let segments = &segments[..len];
        if self.wanted == Wanted::Value {
            for ((out, &x), &j) in out.iter_mut().zip(x).zip(segments) {
                *out = table.value(j, x);
            }
            return;
        }
        let dy = &self.dy[from..from + len];
        for i in 0..len {
            let (j, x, dy) = (segments[i], x[i], dy[i]);
            let wide = dy.to_f64();
            match self.wanted {
                Wanted::Value | Wanted::InputGrad => out[i] = dy * table.slope(j, x),
                Wanted::Gradients => {
                    out[i] = dy * table.slope(j, x);
                    let [_, knot, _] = table.lines[j as usize];
                    let sum = &mut sums[j as usize];
                    *sum = [sum[0] + wide, sum[1] + wide * (x - knot).to_f64()];
                }
                Wanted::SlopeGrad => {
                    out[i] = dy * (if x.is_nan() { x } else { E::ZERO });
                    sums[j as usize][1] += wide;
                }
                Wanted::Along => {
                    out[i] = dy * table.slope(j, x);
                    self.second[from + i] = table.value(j, x);
                }
            }
        }
    }
}
