//! eˣ and eˣ − 1 in single precision.
//!
//! x = n ln 2 + r with n an integer and |r| ≤ ln 2 / 2; eˣ = 2ⁿ eʳ, and eʳ = 1 + r + r² P(r) with P of degree 4.

use super::madd::Madd;

/// Adding 1.5·2²³ rounds to an integer, which then stands in the low bits.
const ROUND: f32 = 12_582_912.0;
const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// ln 2 in two parts; the first has 9 bits, so that n · LN2_HIGH is exact for |n| < 2¹⁵.
pub const LN2_HIGH: f32 = 0.693_359_4;
/// What [`LN2_HIGH`] leaves of ln 2.
pub const LN2_LOW: f32 = -2.121_944_4e-4;
/// P in eʳ = 1 + r + r² P(r) for |r| ≤ ln 2 / 2, the constant first.
pub const EXP_POLYNOMIAL: [f32; 5] =
    [0.499_999_97, 0.166_665_42, 0.041_667_525, 0.008_366_68, 0.001_386_243_3];

/// Integer part n (as integer and as float) and remainder r of x = n ln 2 + r, for |x| < 2²⁰.
#[inline(always)]
fn reduce<M: Madd>(x: f32) -> (i32, f32) {
    let shifted = M::madd(x, LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = M::madd(-n, LN2_LOW, M::madd(-n, LN2_HIGH, x));
    ((shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32), r)
}

/// (eʳ − 1) for |r| ≤ 0.35.
#[inline(always)]
fn small_exp_m1<M: Madd>(r: f32) -> f32 {
    M::madd(polynomial::<M>(r, 1.0), r * r, r)
}

/// P(`sign` · u), `sign` being 1 or −1.
#[inline(always)]
fn polynomial<M: Madd>(u: f32, sign: f32) -> f32 {
    let [p0, p1, p2, p3, p4] = EXP_POLYNOMIAL;
    let p = M::madd(p4, u, sign * p3);
    let p = M::madd(p, u, p2);
    let p = M::madd(p, u, sign * p1);
    M::madd(p, u, p0)
}

/// 2ⁿ for −126 ≤ n ≤ 127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// eˣ.
#[inline(always)]
pub(crate) fn exp<M: Madd>(x: f32) -> f32 {
    // Comparisons, not min and max: they let NaN through. e^89 overflows, e^-104 rounds to 0.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let (n, r) = reduce::<M>(x);
    let y = small_exp_m1::<M>(r) + 1.0;
    // Two factors: 2^128 and 2^-150 are not numbers of this type, their halves are.
    let half = n >> 1;
    y * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// [`ROUND`] with an exponent's bias on top: the low bits of x + BIASED<b> hold n + b + 127, so that one shift makes 2^(n + b).
const fn biased(b: i32) -> f32 {
    ROUND + (b + 127) as f32
}

/// 2^(n + b) from the sum with [`biased`]`(b)`, for 0 < n + b + 127 < 255.
#[inline(always)]
fn shifted_power(sum: f32) -> f32 {
    f32::from_bits(sum.to_bits() << 23)
}

/// What [`exp_nonpos`], [`bell_times`] and [`decay`] leave for the last product.
pub(crate) const SUNK: f32 = 1.0 / 18_446_744_073_709_551_616.0;

/// eˣ for x ≤ 0: the bits of [`exp`] in fewer operations.
#[inline(always)]
pub(crate) fn exp_nonpos<M: Madd>(x: f32) -> f32 {
    // Adding −0 changes nothing, and costs nothing.
    exp_nonpos_sum::<M>(x, -0.0)
}

/// e^(x + rest) for x ≤ 0, `rest` being what the rounding of x left.
#[inline(always)]
pub(crate) fn exp_nonpos_sum<M: Madd>(x: f32, rest: f32) -> f32 {
    const SHIFT: f32 = biased(64);
    let x = if x < -104.0 { -104.0 } else { x };
    let sum = M::madd(x, LOG2_E, SHIFT);
    let n = sum - SHIFT;
    let r = M::madd(-n, LN2_LOW, M::madd(-n, LN2_HIGH, x)) + rest;
    // On 2^64 times the scale nothing is subnormal; the last product rounds once.
    ((small_exp_m1::<M>(r) + 1.0) * shifted_power(sum)) * SUNK
}

/// e⁻ˣ · 2⁻⁴⁰ for −106 ≤ x ≤ 50.
#[inline(always)]
pub(crate) fn exp_of_minus<M: Madd>(x: f32) -> f32 {
    const SHIFT: f32 = biased(-40);
    let sum = M::madd(x, -LOG2_E, SHIFT);
    let n = sum - SHIFT;
    // Minus the remainder, and the polynomial of `small_exp_m1` at its negative: the signs cost nothing.
    let u = M::madd(n, LN2_LOW, M::madd(n, LN2_HIGH, x));
    let p = polynomial::<M>(u, -1.0);
    (M::madd(p, u * u, -u) + 1.0) * shifted_power(sum)
}

/// e²ˣ − 1 for |x| ≤ 10, precise near 0.
#[inline(always)]
pub(crate) fn exp_m1_of_double<M: Madd>(x: f32) -> f32 {
    const SHIFT: f32 = biased(0);
    let sum = M::madd(x, 2.0 * LOG2_E, SHIFT);
    let n = sum - SHIFT;
    // n ln 2 / 2 in one product: its rounding, at most 1e-7 for |n| ≥ 3, is where tanh is flat.
    let r = M::madd(-n, 0.5 * std::f32::consts::LN_2, x);
    let p = M::madd(0.001_386_243_3 * 64.0, r, 0.008_366_68 * 32.0);
    let p = M::madd(p, r, 0.041_667_525 * 16.0);
    let p = M::madd(p, r, 0.166_665_42 * 8.0);
    let p = M::madd(p, r, 0.499_999_97 * 4.0);
    let p = M::madd(p, r, 2.0) * r;
    let scale = shifted_power(sum);
    // Minus (1 − scale), not plus (scale − 1): −0 stays −0.
    M::madd(scale, p, -(1.0 - scale))
}

/// y e^(−a²/2) · 2⁶⁴ for 0 ≤ a ≤ 16; the rounding error of a² would be multiplied by a²/2, so it only chooses the power of two.
#[inline(always)]
pub(crate) fn bell_times<M: Madd>(a: f32, y: f32) -> f32 {
    const SHIFT: f32 = biased(64);
    let sum = M::madd(a * a, -0.5 * LOG2_E, SHIFT);
    let n = sum - SHIFT;
    // −2r, and the polynomial of `small_exp_m1` in it, with its first two terms.
    let u = M::madd(n, 2.0 * LN2_LOW, M::square_plus(a, n * (2.0 * LN2_HIGH)));
    let p = M::madd(0.001_386_243_3 / 64.0, u, -(0.008_366_68 / 32.0));
    let p = M::madd(p, u, 0.041_667_525 / 16.0);
    let p = M::madd(p, u, -(0.166_665_42 / 8.0));
    let p = M::madd(p, u, 0.499_999_97 / 4.0);
    let p = M::madd(p, u, -0.5);
    // (eʳ − 1) y + y: one rounding less than the product of y and eʳ.
    let y = y * shifted_power(sum);
    M::madd(p * u, y, y)
}

/// e^(−a) · 2⁶⁴ for a ≥ 0.
#[inline(always)]
pub(crate) fn decay<M: Madd>(a: f32) -> f32 {
    const SHIFT: f32 = biased(64);
    let a = if a > 104.0 { 104.0 } else { a };
    let sum = M::madd(a, -LOG2_E, SHIFT);
    let n = sum - SHIFT;
    // Minus the remainder, and the polynomial of `small_exp_m1` at its negative.
    let u = M::madd(n, LN2_LOW, M::madd(n, LN2_HIGH, a));
    let p = polynomial::<M>(u, -1.0);
    let p = M::madd(p, u, -1.0);
    M::madd(p, u, 1.0) * shifted_power(sum)
}

/// e^(−x²): as [`bell_times`], the square being rounded only to choose the power of two.
#[inline(always)]
pub(crate) fn gauss<M: Madd>(x: f32) -> f32 {
    const SHIFT: f32 = biased(64);
    let a = x.abs();
    // e^(−10.3²) is 0 in this type.
    let a = if a > 10.5 { 10.5 } else { a };
    let sum = M::madd(a * a, -LOG2_E, SHIFT);
    let n = sum - SHIFT;
    // Minus the remainder, and the polynomial of `small_exp_m1` at its negative.
    let u = M::madd(n, LN2_LOW, M::square_plus(a, n * LN2_HIGH));
    let p = polynomial::<M>(u, -1.0);
    let p = M::madd(p, u, -1.0);
    (M::madd(p, u, 1.0) * shifted_power(sum)) * SUNK
}

/// eˣ − 1, precise near 0.
#[inline(always)]
pub(crate) fn exp_m1<M: Madd>(x: f32) -> f32 {
    let c = if x > 89.0 { 89.0 } else { x };
    // Below −25 the answer is −1, and 2ⁿ stays a normal number.
    let c = if c < -25.0 { -25.0 } else { c };
    let (n, r) = reduce::<M>(c);
    let p = small_exp_m1::<M>(r);
    // 2ⁿ (1 + p) − 1 = 2ⁿ p + (2ⁿ − 1); at n = 128 computed on half the scale, since 2^128 overflows.
    let top = n > 127;
    let (unit, back) = if top { (0.5, 2.0) } else { (1.0, 1.0) };
    let scale = power_of_two(if top { 127 } else { n });
    M::madd(scale, p, scale - unit) * back
}
