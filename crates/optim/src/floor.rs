//! Numbers too small to matter, kept out of the state of a rule.

use sparring_math::Real;

/// `x`, or 0 if it is smaller than `floor` in size; NaN stays NaN.
///
/// Where the gradient of a weight stays exactly 0 (a dead unit, a pixel that is always black) its moments decay into
/// subnormal numbers and stay there, and arithmetic on those is many times slower. So what is too small to change a
/// weight is cut off, at thresholds that leave every product in the kernels a normal number.
#[inline(always)]
pub(crate) fn flush<E: Real>(x: E, floor: E) -> E {
    if x.abs() < floor { E::ZERO } else { x }
}

/// `x`, or `floor` if it is smaller; NaN stays NaN.
#[inline(always)]
pub(crate) fn at_least<E: Real>(x: E, floor: E) -> E {
    if x < floor { floor } else { x }
}
