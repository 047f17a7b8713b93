//! The normal distribution and the error function in single precision.
//!
//! Left tail: Φ(−a) = e^(−a²/2) · T(u) / (a + 4) with u = (a − 4) / (a + 4) and T a polynomial of degree 9: the factor
//! e^(−a²/2) carries the whole decline, what is left is smooth on 0 ≤ a ≤ 14.5, where Φ(−a) reaches 0 in this type.
//! The substitution follows Shepherd and Laframboise, Math. Comp. 36 (1981), who used it for erfc.

use super::exp::exp_with_tail;

/// 1/√(2π).
const INV_SQRT_TAU: f32 = 0.398_942_3;

/// e^(−a²/2) for a ≥ 0, a² taken in two exact parts: its rounding error would be multiplied by a²/2.
#[inline(always)]
fn bell(a: f32) -> f32 {
    let a = if a > 16.0 { 16.0 } else { a };
    // 12 leading bits: their square is exact.
    let lead = f32::from_bits(a.to_bits() & 0xffff_f000);
    let high = -0.5 * (lead * lead);
    let low = -0.5 * ((a - lead) * (a + lead));
    let sum = high + low;
    exp_with_tail(sum, low - (sum - high))
}

/// Φ(−a) for a ≥ 0.
#[inline(always)]
fn left_tail(a: f32) -> f32 {
    let b = if a > 16.0 { 16.0 } else { a };
    let u = (b - 4.0) / (b + 4.0);
    let p = -1.307_693_7e-4 * u + 1.796_435_5e-4;
    let p = p * u + 0.001_566_34;
    let p = p * u - 0.003_514_679_1;
    let p = p * u - 0.007_523_38;
    let p = p * u + 0.060_405_04;
    let p = p * u - 0.186_523_8;
    let p = p * u + 0.387_136_7;
    let p = p * u - 0.607_896_57;
    let p = p * u + 0.755_285_14;
    bell(a) * (p / (b + 4.0))
}

/// φ(x) = e^(−x²/2) / √(2π).
#[inline(always)]
pub(crate) fn normal_pdf(x: f32) -> f32 {
    INV_SQRT_TAU * bell(x.abs())
}

/// erf a for 0 ≤ a ≤ 1, an odd polynomial.
#[inline(always)]
fn near_zero(a: f32) -> f32 {
    let z = a * a;
    let p = 7.842_288e-5 * z - 8.006_793e-4;
    let p = p * z + 0.005_187_962_7;
    let p = p * z - 0.026_853_643;
    let p = p * z + 0.112_835_824;
    let p = p * z - 0.376_126_26;
    let p = p * z + 0.128_379_17;
    p * a + a
}

/// Φ(x), with all digits in the left tail.
#[inline(always)]
pub(crate) fn normal_cdf(x: f32) -> f32 {
    let a = x.abs();
    // Close to 0 the polynomial of erf is the more precise: ½ − ½ erf(a/√2) loses nothing there.
    let near = 0.5 - 0.5 * near_zero(a * std::f32::consts::FRAC_1_SQRT_2);
    let tail = if a < 0.7 { near } else { left_tail(a) };
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// erf x: the polynomial up to |x| = 1, beyond it 1 − 2 Φ(−√2 |x|).
#[inline(always)]
pub(crate) fn erf(x: f32) -> f32 {
    let a = x.abs();
    let far = 1.0 - 2.0 * left_tail(a * std::f32::consts::SQRT_2);
    (if a < 1.0 { near_zero(a) } else { far }).copysign(x)
}
