//! The normal distribution and the error function in single precision.
//!
//! Φ(−a) = e^(−a²/2) · P(a)/Q(a) for a ≥ 0, the polynomials of degree 4 and 5: the factor e^(−a²/2) carries the whole decline, what
//! is left (Mills' ratio) is smooth up to a = 14.5, where Φ(−a) reaches 0 in this type. All coefficients are positive, so that nothing
//! cancels, and P(0)/Q(0) = ½ exactly. The form is that of Cody, Math. Comp. 23 (1969), for erfc. It errs by up to
//! 4 units of the last place on the points of the tests, fused by 4.5 at single numbers of four million.
//!
//! Φ(−a) − a φ(a), the derivative of a Φ(−a), would cancel around its zero z = 0.7518. With the zero taken out it is
//! e^(−a²/2) (z − a) (1/√(2π) + T(a)/S(a)), the polynomials of degree 3 and 4, again with positive coefficients alone.

use super::exp::{SUNK, bell_times};
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
    // On the scale that `bell_times` asks for.
    const P: [f32; 5] = [
        0.883_789_06 * SUNK,
        0.773_510_04 * SUNK,
        0.322_937_6 * SUNK,
        0.071_489_885 * SUNK,
        0.007_222_349_8 * SUNK,
    ];
    const Q: [f32; 6] = [1.767_578_1, 2.957_343_8, 2.121_698_6, 0.827_318_97, 0.179_210_2, 0.018_103_529];
    bell_times::<M>(a, M::quotient(P, Q, a))
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
    bell_times::<M>(distance(x), INV_SQRT_TAU * SUNK)
}

/// Φ(−a) − a φ(a) for a = |x|, with all digits around its zero too.
#[inline(always)]
pub(crate) fn normal_tail_less_moment<M: Madd>(x: f32) -> f32 {
    // The zero in two parts.
    const ZERO: [f32; 2] = [0.751_791_54, -1.211_445e-8];
    const T: [f32; 4] = [0.296_803_68 * SUNK, 0.227_957_95 * SUNK, 0.074_238_62 * SUNK, 0.009_914_018 * SUNK];
    const S: [f32; 5] = [1.115_234_4, 1.596_806_9, 0.930_058_5, 0.266_556_95, 0.033_057_656];
    let a = distance(x);
    let left = (ZERO[0] - a) + ZERO[1];
    bell_times::<M>(a, M::madd(left, M::quotient(T, S, a), left * (INV_SQRT_TAU * SUNK)))
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
