//! A continuous piecewise-linear function on evenly spaced knots, by its slopes.
//!
//! Knots tᵢ = (i − (K − 1)/2) h, i = 0 .. K − 1; segment j = 0 .. K lies left of knot j and right of knot j − 1, and has slope s_j. The value at
//! the knot next to 0 is the bias; every other one follows by adding up.

use sparring_math::Real;

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
    pub(super) lines: Vec<[E; 3]>,
}

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

    fn clamped(&self, slope: E) -> E {
        if slope < self.low {
            self.low
        } else if slope > self.high {
            self.high
        } else {
            slope
        }
    }

    /// The largest |slope| of the parameters p; NaN if one is.
    pub(crate) fn steepest(&self, p: &[E]) -> f64 {
        let slopes = p[..=self.count].iter().map(|&s| self.clamped(s).abs().to_f64());
        slopes.fold(0.0, |m, s| if s > m || s.is_nan() { s } else { m })
    }

    /// Segments of the parameters p, with slopes clamped.
    pub(crate) fn table(&self, p: &[E]) -> Table<E> {
        self.table_of(p, |s| self.clamped(s))
    }

    /// Segments of the vector v beside the parameters p: the derivative along v. It is linear, and 0 where a slope is clamped.
    pub(super) fn along(&self, p: &[E], v: &[E]) -> Table<E> {
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
    pub(super) fn locate(&self, x: &[E], segments: &mut [u32]) {
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
    pub(super) fn gather(&self, p: &[E], sums: &[[f64; 2]], dp: &mut [E]) {
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
    pub(super) fn value(&self, segment: u32, x: E) -> E {
        let [slope, knot, value] = self.lines[segment as usize];
        // 0 · ∞ would be NaN.
        let x = if slope == E::ZERO { x.smaller(E::MAX).larger(-E::MAX) } else { x };
        value + slope * (x - knot)
    }

    #[inline(always)]
    pub(super) fn slope(&self, segment: u32, x: E) -> E {
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
