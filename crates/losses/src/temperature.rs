//! The temperature of log-odds, for one row and for rows side by side.

use sparring_math::Real;

/// Distances between the largest and the smallest logit of a row that are taken as they are.
const USUAL: (f64, f64) = (0.01, 100.0);
/// What the others are scaled to.
const SCALED: f64 = 20.0;

/// 1/T of a row: from its smallest logit, the largest of the rivals', and the target's. NaN and ∞ count as usual: they tell by themselves.
#[inline(always)]
pub(crate) fn sharpness<E: Real>(low: E, rival: E, target: E) -> E {
    let spread = (if target > rival { target } else { rival }) - low;
    let scaled = E::of(SCALED) / spread;
    // Written with `&`, so that rows side by side take no branch.
    let odd = (spread < E::of(USUAL.0)) | (spread > E::of(USUAL.1));
    if odd & (scaled > E::ZERO) & scaled.is_finite() { scaled } else { E::ONE }
}

/// The derivative at the target: -1, and NaN where its logit is none.
#[inline(always)]
pub(crate) fn towards<E: Real>(z: E) -> E {
    if z.is_nan() { z } else { -E::ONE }
}
