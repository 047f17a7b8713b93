//! The normal distribution and the error function in single precision.
//!
//! Φ(−a) = e^(−a²/2) · P(a)/Q(a) for a ≥ 0, the polynomials of degree 4 and 5: the factor e^(−a²/2) carries the whole decline, what
//! is left (Mills' ratio) is smooth up to a = 14.5, where Φ(−a) reaches 0 in this type. All coefficients are positive, so that nothing
//! cancels, and P(0)/Q(0) = ½ exactly. The form is that of Cody, Math. Comp. 23 (1969), for erfc. Fused, it errs by up to
//! 4.5 units of the last place, one more than a polynomial in (a − 2)/(a + 2) would, for a sixth fewer operations.

use super::exp::{SUNK, bell};
use super::madd::Madd;

/// 1/√(2π).
const INV_SQRT_TAU: f32 = 0.398_942_3;

/// Where every function of this file has reached its limit.
pub(crate) const NORMAL_REACH: f32 = 16.0;

/// |x|, at most that.
#[inline(always)]
fn distance(x: f32) -> f32 {
    let a = x.abs();
    if a > NORMAL_REACH { NORMAL_REACH } else { a }
}

/// Φ(−a) for 0 ≤ a ≤ 16.
#[inline(always)]
fn tail<M: Madd>(a: f32) -> f32 {
    // On the scale that `bell` asks for.
    const P: [f32; 5] = [
        0.557_128_9 * SUNK,
        0.487_610_5 * SUNK,
        0.203_575_6 * SUNK,
        0.045_066_282 * SUNK,
        0.004_552_873_3 * SUNK,
    ];
    const Q: [f32; 6] = [1.114_257_8, 1.864_270_4, 1.337_490_6, 0.521_531_05, 0.112_971_74, 0.011_412_225];
    bell::<M>(a) * M::quotient(P, Q, a)
}

/// Φ(−|x|), with all digits.
#[inline(always)]
pub(crate) fn normal_tail<M: Madd>(x: f32) -> f32 {
    tail::<M>(distance(x))
}

/// Φ(x), with all digits in the left tail.
#[inline(always)]
pub(crate) fn normal_cdf<M: Madd>(x: f32) -> f32 {
    let left = normal_tail::<M>(x);
    if x > 0.0 { 1.0 - left } else { left }
}

/// φ(x) = e^(−x²/2) / √(2π).
#[inline(always)]
pub(crate) fn normal_pdf<M: Madd>(x: f32) -> f32 {
    bell::<M>(distance(x)) * (INV_SQRT_TAU * SUNK)
}

/// erf a for 0 ≤ a ≤ 1, an odd polynomial.
#[inline(always)]
fn near_zero<M: Madd>(a: f32) -> f32 {
    let z = a * a;
    let p = M::madd(7.842_288e-5, z, -8.006_793e-4);
    let p = M::madd(p, z, 0.005_187_962_7);
    let p = M::madd(p, z, -0.026_853_643);
    let p = M::madd(p, z, 0.112_835_824);
    let p = M::madd(p, z, -0.376_126_26);
    let p = M::madd(p, z, 0.128_379_17);
    M::madd(p, a, a)
}

/// erf x: the polynomial up to |x| = 1, beyond it 1 − 2 Φ(−√2 |x|).
#[inline(always)]
pub(crate) fn erf<M: Madd>(x: f32) -> f32 {
    let a = x.abs();
    let far = 1.0 - 2.0 * tail::<M>(distance(a * std::f32::consts::SQRT_2));
    (if a < 1.0 { near_zero::<M>(a) } else { far }).copysign(x)
}
