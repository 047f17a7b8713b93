//! The image of an interval.

use super::shape::Turns;

/// What a bound gives way for the rounding of f and of the bound itself, in units of the last place of the values.
const MARGIN: f64 = 8.0 * f64::EPSILON;

/// `value` moved outwards by the margin, `sign` being the direction. An infinite one stays.
pub(super) fn outwards(value: f64, size: f64, sign: f64) -> f64 {
    if value.is_infinite() { value } else { value + sign * MARGIN * size }
}

/// The smallest interval that holds f([l, u]): f is monotone between two turns, so that its ends are among the values there. At a jump they are
/// those beside it.
#[track_caller]
pub(crate) fn image<A: Turns + ?Sized>(a: &A, l: f64, u: f64) -> (f64, f64) {
    assert!(l <= u, "{}: no interval from {l} to {u}", a.name());
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut see = |x: f64| {
        let y = a.f(x);
        low = low.min(y);
        high = high.max(y);
    };
    see(l);
    see(u);
    for points in [a.extrema(l, u), a.bends(l, u)] {
        for &t in points.iter().filter(|&&t| l <= t && t <= u) {
            [t.next_down().max(l), t, t.next_up().min(u)].into_iter().for_each(&mut see);
        }
    }
    (outwards(low, low.abs(), -1.0), outwards(high, high.abs(), 1.0))
}

/// The image of a function that never falls: from its value at l to that at u.
#[track_caller]
pub(crate) fn ends<A: Turns + ?Sized>(a: &A, l: f64, u: f64) -> (f64, f64) {
    assert!(l <= u, "{}: no interval from {l} to {u}", a.name());
    let (low, high) = (a.f(l), a.f(u));
    (outwards(low, low.abs(), -1.0), outwards(high, high.abs(), 1.0))
}
