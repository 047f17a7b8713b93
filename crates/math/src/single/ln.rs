//! ln x and ln(1 + x) in single precision.
//!
//! x = 2ᵉ (1 + f) with √½ ≤ 1 + f < √2; ln x = e ln 2 + f − f²/2 + f³ Q(f) with Q of degree 8.

use super::madd::Madd;

const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
/// Bits of √½.
const ROOT_HALF: i32 = 0x3f35_04f3;

/// shift · ln 2 + ln x for positive finite x that is not subnormal.
#[inline(always)]
fn ln_normal(x: f32, shift: i32) -> f32 {
    let bits = (x.to_bits() as i32).wrapping_sub(ROOT_HALF);
    let e = ((bits >> 23) + shift) as f32;
    let f = f32::from_bits(((bits & 0x007f_ffff) + ROOT_HALF) as u32) - 1.0;
    let q = 0.066_841_565 * f - 0.116_551_48;
    let q = q * f + 0.119_054_14;
    let q = q * f - 0.124_097_47;
    let q = q * f + 0.142_175_63;
    let q = q * f - 0.166_677_27;
    let q = q * f + 0.200_022_26;
    let q = q * f - 0.250_000_15;
    let q = q * f + 0.333_333_1;
    let square = f * f;
    let small = (q * f * square + e * LN2_LOW) - 0.5 * square;
    (f + small) + e * LN2_HIGH
}

/// ln of a positive finite x, subnormal or not.
#[inline(always)]
fn ln_positive(x: f32) -> f32 {
    let subnormal = x < f32::MIN_POSITIVE;
    let scaled = if subnormal { x * 8_388_608.0 } else { x };
    ln_normal(scaled, if subnormal { -23 } else { 0 })
}

/// The values at the border: ln ∞ = ∞, ln 0 = −∞, NaN for negative and NaN input.
#[inline(always)]
fn at_border(x: f32, inside: f32) -> f32 {
    let y = if x < f32::INFINITY { inside } else { x };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x < 0.0 { f32::NAN } else { y }
}

/// ln x.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    at_border(x, ln_positive(x))
}

/// ln(1 + x), precise near 0.
#[inline(always)]
pub(crate) fn ln_1p(x: f32) -> f32 {
    let u = 1.0 + x;
    // ln(1 + x) = ln u + ln(1 + c/u), c = (1 + x) − u being what the sum rounded away.
    let c = x - (u - 1.0);
    at_border(u, ln_positive(u) + c / u)
}

/// `scale` · ln(1 + x)/x for 0 ≤ x ≤ 1, `scale` being a power of two: a quotient of polynomials of degree 2 and 3.
#[inline(always)]
pub(crate) fn ln_1p_ratio<M: Madd>(x: f32, scale: f32) -> f32 {
    let p = M::madd(0.124_636_46 * scale, x, 0.869_509_94 * scale);
    let p = M::madd(p, x, scale);
    let q = M::madd(0.031_351_686, x, 0.476_084_92);
    let q = M::madd(q, x, 1.369_508_5);
    let q = M::madd(q, x, 1.0);
    p / q
}
