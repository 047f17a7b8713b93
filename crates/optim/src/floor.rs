//! Numbers too small to matter, kept out of the state of a rule.

use sparring_math::Real;

/// Where the gradient of a weight stays exactly 0 (a dead unit, a pixel that is always black) its moments decay into
/// subnormal numbers and stay there, and arithmetic on those is many times slower. So what is too small to change a
/// weight is cut off, at thresholds that leave every product in the kernels a normal number.
#[derive(Clone, Copy)]
pub(crate) struct Floor<E> {
    /// Gradients below become 0; the square of this, times 1 - beta2, is normal.
    pub gradient: E,
    /// First moments and momentum buffers below become 0.
    pub moment: E,
    /// Second moments never fall below.
    pub square: E,
}

impl<E: Real> Floor<E> {
    /// The thresholds of this precision.
    #[inline(always)]
    pub fn new() -> Self {
        if E::EPSILON.to_f64() > 1e-10 {
            Self { gradient: E::of(2f64.powi(-55)), moment: E::of(2f64.powi(-95)), square: E::of(1e-32) }
        } else {
            Self { gradient: E::of(2f64.powi(-480)), moment: E::of(2f64.powi(-900)), square: E::of(1e-280) }
        }
    }
}

/// `x`, or 0 if it is smaller than `floor` in size; NaN stays NaN.
#[inline(always)]
pub(crate) fn flush<E: Real>(x: E, floor: E) -> E {
    if x.abs() < floor { E::ZERO } else { x }
}

/// `x`, or `floor` if it is smaller; NaN stays NaN.
#[inline(always)]
pub(crate) fn at_least<E: Real>(x: E, floor: E) -> E {
    if x < floor { floor } else { x }
}
