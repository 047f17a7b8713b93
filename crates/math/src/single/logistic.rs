//! σ, tanh and softplus in single precision, each from an exponential that cannot overflow.

use super::exp::{SUNK, decay, exp_m1_of_double, exp_of_minus};
use super::ln::ln_1p_ratio;
use super::madd::Madd;

/// σ(x) = 1 / (1 + e⁻ˣ), numerator and denominator times 2⁻⁴⁰: so the exponential has room where e⁻ˣ alone would overflow, and
/// the tail on the left keeps all its digits.
#[inline(always)]
pub(crate) fn sigmoid<M: Madd>(x: f32) -> f32 {
    const UNIT: f32 = 1.0 / 1_099_511_627_776.0;
    // σ(50) is 1, σ(−106) is 0.
    let x = if x > 50.0 { 50.0 } else { x };
    let x = if x < -106.0 { -106.0 } else { x };
    UNIT / (UNIT + exp_of_minus::<M>(x))
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)).
#[inline(always)]
pub(crate) fn softplus<M: Madd>(x: f32) -> f32 {
    // max(x, 0) by its sign bit: a comparison of x makes the compiler split the loop instead of vectorising it. NaN of
    // either sign comes out of the other term.
    let bits = x.to_bits();
    let positive = f32::from_bits(bits & !((bits as i32 >> 31) as u32));
    // The exponential stays on its scale: in the tail on the left the last operation alone rounds to a subnormal number.
    let e = decay::<M>(x.abs());
    M::madd(e, ln_1p_ratio::<M>(e * SUNK, SUNK), positive)
}

/// tanh x = E / (E + 2) with E = e²ˣ − 1, of either sign.
#[inline(always)]
pub(crate) fn tanh<M: Madd>(x: f32) -> f32 {
    // Beyond 10 the quotient is ±1; unclamped it would be ∞/∞.
    let x = if x > 10.0 { 10.0 } else { x };
    let x = if x < -10.0 { -10.0 } else { x };
    let e = exp_m1_of_double::<M>(x);
    e / (e + 2.0)
}
