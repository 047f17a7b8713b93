//! σ, tanh and softplus in single precision, each from an exponential that cannot overflow.

use super::exp::{exp, exp_m1};
use super::ln::ln_1p_unit;

/// σ(x) = 1 / (1 + e⁻ˣ); from e^(−|x|), so that the tail on the left keeps all its digits.
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    let e = exp(-x.abs());
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)).
#[inline(always)]
pub(crate) fn softplus(x: f32) -> f32 {
    // max(x, 0) by its sign bit: a comparison of x makes the compiler split the loop instead of vectorising it. NaN of
    // either sign comes out of the other term.
    let bits = x.to_bits();
    let positive = f32::from_bits(bits & !((bits as i32 >> 31) as u32));
    positive + ln_1p_unit(exp(-x.abs()))
}

/// tanh x = E / (E + 2) with E = e^(2|x|) − 1, and the sign of x.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let a = x.abs();
    // Beyond 10 the quotient is 1; unclamped it would be ∞/∞.
    let e = exp_m1(if a > 10.0 { 20.0 } else { 2.0 * a });
    (e / (e + 2.0)).copysign(x)
}
