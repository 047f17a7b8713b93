//! The normal distribution and the error function in single precision.
//!
//! Left tail: Φ(−a) = e^(−a²/2) · T(u) / (a + 1.75) with u = (a − 1.75) / (a + 1.75) and T a polynomial of degree 8: the factor
//! e^(−a²/2) carries the whole decline, what is left is smooth on 0.85 ≤ a ≤ 14.5, where Φ(−a) reaches 0 in this type.
//! The substitution follows Shepherd and Laframboise, Math. Comp. 36 (1981), who used it for erfc. Nearer to 0 Φ(−a) is
//! ½ − a G(a²), G a polynomial of degree 4, which loses nothing there.

use super::exp::{SUNK, bell};
use super::madd::Madd;

/// 1/√(2π).
const INV_SQRT_TAU: f32 = 0.398_942_3;

/// Where u is 0: of the places tried, the one where rounding costs least.
const CENTRE: f32 = 1.75;

/// |x|, at most 16: there every function of this file has reached its limit.
#[inline(always)]
fn distance(x: f32) -> f32 {
    let a = x.abs();
    if a > 16.0 { 16.0 } else { a }
}

/// Φ(−a) for 0.85 ≤ a ≤ 16.
#[inline(always)]
fn far_tail<M: Madd>(a: f32) -> f32 {
    let v = 1.0 / (a + CENTRE);
    let u = (a - CENTRE) * v;
    // Each coefficient on the scale that `bell` asks for.
    let p = M::madd(0.001_630_149_5 * SUNK, u, -(0.001_480_257_6 * SUNK));
    let p = M::madd(p, u, -(0.004_036_858_7 * SUNK));
    let p = M::madd(p, u, -(0.003_245_127_9 * SUNK));
    let p = M::madd(p, u, 0.010_656_941 * SUNK);
    let p = M::madd(p, u, 0.033_676_285 * SUNK);
    let p = M::madd(p, u, -(0.018_739_998 * SUNK));
    let p = M::madd(p, u, -(0.267_828_26 * SUNK));
    let p = M::madd(p, u, 0.648_310_84 * SUNK);
    (bell::<M>(a) * v) * p
}

/// Φ(−a) for 0 ≤ a ≤ 0.85.
#[inline(always)]
fn near_tail<M: Madd>(a: f32) -> f32 {
    let z = a * a;
    let p = M::madd(9.791_108e-5, z, -0.001_174_740_8);
    let p = M::madd(p, z, 0.009_969_53);
    let p = M::madd(p, z, -0.066_489_85);
    let p = M::madd(p, z, 0.398_942_26);
    M::madd(-a, p, 0.5)
}

/// Φ(−|x|), with all digits.
#[inline(always)]
pub(crate) fn normal_tail<M: Madd>(x: f32) -> f32 {
    let a = distance(x);
    let (near, far) = (near_tail::<M>(a), far_tail::<M>(a));
    if a < 0.85 { near } else { far }
}

/// Φ(x), with all digits in the left tail.
#[inline(always)]
pub(crate) fn normal_cdf<M: Madd>(x: f32) -> f32 {
    let tail = normal_tail::<M>(x);
    if x > 0.0 { 1.0 - tail } else { tail }
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
    let far = 1.0 - 2.0 * far_tail::<M>(distance(a * std::f32::consts::SQRT_2));
    (if a < 1.0 { near_zero::<M>(a) } else { far }).copysign(x)
}
