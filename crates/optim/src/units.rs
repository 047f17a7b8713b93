//! The unit in which a gradient is squared, so that no square of a finite gradient overflows and none that matters vanishes.

use sparring_math::Real;
use sparring_math::named::Range;

/// The smallest `eps` of a rule that squares gradients: in `f32` squares of gradients far below it cannot be told from 0.
pub(crate) const SMALLEST_EPS: f64 = 1e-20;

/// What the `eps` of such a rule may be.
pub(crate) const EPS: Range = Range::at_least(SMALLEST_EPS).in_f32();

/// The units of one step and the thresholds in them.
///
/// A square has half the range of its number: in `f32` gradients between 2⁻⁵⁵ and 2⁶² have one. So gradients are squared in a unit
/// that follows from eps, below which nothing matters, and those too large for it in a larger unit; state keeps roots of squares.
/// All units are powers of two, which round nothing.
#[derive(Clone, Copy)]
pub(crate) struct Units<E> {
    /// 1 / the usual unit, and the unit.
    usual: (E, E),
    /// 1 / the unit of large numbers, and that unit.
    large: (E, E),
    /// Gradients and roots above are large.
    limit: E,
    /// Gradients count as 0 below: the square of this times 1 - beta2 is normal.
    pub gradient: E,
    /// Mean squares never fall below.
    pub square: E,
    /// First moments below count as 0.
    pub moment: E,
}

impl<E: Real> Units<E> {
    /// The units for this `eps`.
    pub fn new(eps: f64) -> Self {
        let two = |n| E::of(power_of_two(n));
        if E::EPSILON.to_f64() > 1e-10 {
            // 2⁻⁵⁵ of the unit, times the correction of the first steps, is to be nothing beside eps.
            let usual = power_of_two(-36);
            let fine = if eps >= usual { 0 } else { ((usual / eps).log2().ceil() as i32).clamp(0, 31) };
            Self {
                usual: (two(fine), two(-fine)),
                large: (two(-66), two(66)),
                limit: two(62 - fine),
                gradient: two(-55),
                square: two(-110),
                moment: two(-95),
            }
        } else {
            Self {
                usual: (E::ONE, E::ONE),
                large: (two(-515), two(515)),
                limit: two(509),
                gradient: two(-480),
                square: two(-960),
                moment: two(-900),
            }
        }
    }

    /// Whether the usual unit is 1.
    #[inline(always)]
    pub fn is_unit(&self) -> bool {
        self.usual.0 == E::ONE
    }

    /// Factors into and back out of the unit for a gradient and a root.
    #[inline(always)]
    pub fn unit(&self, g: E, root: E) -> (E, E) {
        let size = if g.abs() > root { g.abs() } else { root };
        let large = size > self.limit;
        if large { self.large } else { self.usual }
    }
}

/// 2ⁿ for the exponents of normal numbers.
const fn power_of_two(n: i32) -> f64 {
    f64::from_bits(((1023 + n) as u64) << 52)
}
