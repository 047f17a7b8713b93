//! The lines with the smallest area between them and a function on an interval.
//!
//! The area between a line above f and f is the line's value at the middle m of the interval, times its length, less a constant. So the best line
//! supports the upper hull of f (the smallest concave function above it) at m: the chord where f is convex, the tangent at m where f is concave, and
//! where f bends, the chord or tangent through the points of the hull on both sides of m. Any slope gives a sound line: its height is the largest value
//! of f(x) − slope · x, which is taken at an end, at a bend, or where f' is the slope. The line below is that above −f.

use super::image::{image, outwards};
use super::line::{LinearBound, LinearBounds};
use super::shape::Turns;

/// Numbers up to this may be added, subtracted and multiplied by a derivative without overflow.
const LARGE: f64 = 1e150;
/// Halvings of a bracket: the rest is below the spacing of `f64`.
const HALVINGS: usize = 56;

#[track_caller]
pub(crate) fn lines<A: Turns + ?Sized>(a: &A, l: f64, u: f64) -> LinearBounds {
    assert!(l <= u, "{}: no interval from {l} to {u}", a.name());
    let level = |intercept| LinearBound { slope: 0.0, intercept };
    let size = [l, u, a.f(l), a.f(u)].into_iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    if size > LARGE || u - l <= 1e-9 * (1.0 + l.abs().max(u.abs())) {
        let (low, high) = image(a, l, u);
        return LinearBounds { lower: level(low), upper: level(high) };
    }
    let bends: Vec<f64> = a.bends(l, u).iter().copied().filter(|&t| l <= t && t <= u).collect();
    let above = |sign: f64| {
        let side = Side::new(a, sign, [l, u], &bends);
        side.above(side.slope())
    };
    let (upper, under) = (above(1.0), above(-1.0));
    LinearBounds { lower: LinearBound { slope: -under.slope, intercept: -under.intercept }, upper }
}

/// sign · f on [l, u], whose line above is wanted.
struct Side<'a, A: ?Sized> {
    a: &'a A,
    sign: f64,
    l: f64,
    u: f64,
    /// Bends inside (l, u).
    bends: &'a [f64],
    /// What lies between them, without the bends themselves: f may jump there.
    pieces: Vec<Piece>,
}

/// A part of the interval on which the function is convex or concave; a straight one counts as convex.
#[derive(Clone, Copy)]
struct Piece {
    l: f64,
    u: f64,
    concave: bool,
}

impl<'a, A: Turns + ?Sized> Side<'a, A> {
    /// `bends` may have the ends of the interval among them: there f' is that of neither side.
    fn new(a: &'a A, sign: f64, [l, u]: [f64; 2], bends: &'a [f64]) -> Self {
        let [first, last] = [l, u].map(|end| bends.contains(&end));
        let bends = &bends[usize::from(first)..bends.len() - usize::from(last)];
        let concave = |l: f64, u: f64| {
            let (low, high) = (sign * a.f(l), sign * a.f(u));
            let above = |t: f64| sign * a.f(l + t * (u - l)) - (low + t * (high - low));
            let error = 4.0 * f64::EPSILON * low.abs().max(high.abs());
            [0.5, 0.25, 0.75].map(above).into_iter().fold(0.0, f64::max) > error
        };
        let [from, to] = [if first { l.next_up() } else { l }, if last { u.next_down() } else { u }];
        let starts = [from].into_iter().chain(bends.iter().map(|t| t.next_up()));
        let ends = bends.iter().map(|t| t.next_down()).chain([to]);
        let pieces = starts.zip(ends).map(|(l, u)| Piece { l, u, concave: concave(l, u) }).collect();
        Self { a, sign, l, u, bends, pieces }
    }

    fn f(&self, x: f64) -> f64 {
        self.sign * self.a.f(x)
    }

    /// The derivative inside the interval: at an end that is a kink f' belongs to the other side.
    fn df(&self, x: f64) -> f64 {
        self.sign * self.a.df(x.clamp(self.l.next_up(), self.u.next_down()))
    }

    fn middle(&self) -> f64 {
        0.5 * self.l + 0.5 * self.u
    }

    /// x in a concave piece where f' falls through `slope`, or the end nearest to it.
    fn touches(&self, Piece { mut l, mut u, .. }: Piece, slope: f64) -> f64 {
        if self.df(l) <= slope {
            return l;
        }
        if self.df(u) >= slope {
            return u;
        }
        for _ in 0..HALVINGS {
            let x = 0.5 * (l + u);
            if self.df(x) > slope { l = x } else { u = x }
        }
        0.5 * (l + u)
    }

    /// The largest f(x) − slope · (x − m), where it is taken, and the size of its terms.
    fn highest(&self, slope: f64) -> (f64, f64, f64) {
        let m = self.middle();
        let (mut best, mut at, mut size) = (f64::NEG_INFINITY, m, 0.0f64);
        let mut see = |x: f64| {
            let (y, lean) = (self.f(x), slope * (x - m));
            size = size.max(y.abs() + lean.abs());
            if y - lean > best {
                (best, at) = (y - lean, x);
            }
        };
        for &piece in &self.pieces {
            see(piece.l);
            see(piece.u);
            if piece.concave {
                see(self.touches(piece, slope));
            }
        }
        self.bends.iter().copied().chain([self.l, self.u]).for_each(see);
        (best, at, size)
    }

    /// The lowest line of this slope above f.
    fn above(&self, slope: f64) -> LinearBound {
        let (highest, _, size) = self.highest(slope);
        let turned = slope * self.middle();
        let size = size + turned.abs() + slope.abs() * self.l.abs().max(self.u.abs());
        // Below the smallest normal number a rounding is up to half of the smallest positive one, which the margin, a part of `size`, may not reach.
        LinearBound { slope, intercept: outwards(highest - turned, size, 1.0) + 16.0 * f64::MIN_POSITIVE }
    }

    /// The slope of the hull at the middle.
    fn slope(&self) -> f64 {
        let (l, u, m) = (self.l, self.u, self.middle());
        // A jump at an end leaves the end's own value beside the curve.
        if !self.is_continuous(l) || !self.is_continuous(u) {
            return self.search();
        }
        match (&self.pieces[..], self.bends) {
            ([piece], _) => {
                if piece.concave {
                    self.df(m)
                } else {
                    (self.f(u) - self.f(l)) / (u - l)
                }
            }
            (&[left, right], &[bend]) if self.is_continuous(bend) => match (left.concave, right.concave) {
                (false, false) => self.across(bend),
                (false, true) => self.tangent_from(l, [right.l, right.u]),
                (true, false) => self.tangent_from(u, [left.u, left.l]),
                (true, true) => self.search(),
            },
            _ => self.search(),
        }
    }

    /// Whether f does not jump at x.
    fn is_continuous(&self, x: f64) -> bool {
        let (before, after) = (self.f(x.next_down()), self.f(x.next_up()));
        (before - after).abs() <= 1e-12 * (1.0 + before.abs())
    }

    /// The slope at the middle where f is convex on both sides of its one bend.
    fn across(&self, bend: f64) -> f64 {
        let (l, u, m) = (self.l, self.u, self.middle());
        let whole = (self.f(u) - self.f(l)) / (u - l);
        if self.f(bend) <= self.f(l) + whole * (bend - l) {
            whole
        } else if m < bend {
            (self.f(bend) - self.f(l)) / (bend - l)
        } else {
            (self.f(u) - self.f(bend)) / (u - bend)
        }
    }

    /// The slope at the middle where the hull is a line from the end `from` to a concave piece at the other end, given by its ends, and f beyond the point
    /// where it touches.
    fn tangent_from(&self, from: f64, [mut near, mut far]: [f64; 2]) -> f64 {
        let start = self.f(from);
        // Whether the tangent at t passes above the start: then the hull leaves f nearer to the start.
        let above = |t: f64| self.f(t) + self.df(t) * (from - t) >= start;
        if !above(far) {
            return (self.f(far) - start) / (far - from);
        }
        if !above(near) {
            for _ in 0..HALVINGS {
                let t = 0.5 * (near + far);
                if above(t) { far = t } else { near = t }
            }
        } else {
            far = near;
        }
        let m = self.middle();
        let touches_before = (far - from).abs() <= (m - from).abs();
        if touches_before { self.df(m) } else { (self.f(far) - start) / (far - from) }
    }

    /// The slope at the middle for any number of bends: the height of the best line over m is convex in the slope, and falls while the line touches f
    /// right of m.
    fn search(&self) -> f64 {
        let m = self.middle();
        let mut ends: Vec<f64> =
            self.pieces.iter().flat_map(|p| [p.l, p.u]).chain(self.bends.iter().copied()).collect();
        ends.sort_by(f64::total_cmp);
        let mut slopes: Vec<f64> = ends.iter().map(|&x| self.df(x)).filter(|s| s.is_finite()).collect();
        let chords = ends.windows(2).filter(|w| w[1] - w[0] > 1e-6 * (self.u - self.l));
        slopes.extend(chords.map(|w| (self.f(w[1]) - self.f(w[0])) / (w[1] - w[0])));
        slopes.push((self.f(self.u) - self.f(self.l)) / (self.u - self.l));
        let low = slopes.iter().copied().fold(f64::INFINITY, f64::min);
        let high = slopes.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // Beside a jump the chords are steeper than any of these.
        let reach = 4.0 * (high - low) + 1e-12;
        let (mut low, mut high) = (low - reach, high + reach);
        let (mut left, mut right) = (None, None);
        for _ in 0..HALVINGS {
            let slope = 0.5 * (low + high);
            let (_, at, _) = self.highest(slope);
            if at > m {
                (low, right) = (slope, Some(at));
            } else {
                (high, left) = (slope, Some(at));
            }
            // Both points of the chord are found when they stop moving; their chord is exact.
            if high - low <= 1e-13 * (1.0 + slope.abs()) {
                break;
            }
        }
        match (left, right) {
            (Some(x), Some(y)) if y - x > 1e-6 * (self.u - self.l) => (self.f(y) - self.f(x)) / (y - x),
            _ => 0.5 * (low + high),
        }
    }
}
