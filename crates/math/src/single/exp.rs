//! eˣ and eˣ − 1 in single precision.
//!
//! x = n ln 2 + r with n an integer and |r| ≤ ln 2 / 2; eˣ = 2ⁿ eʳ, and eʳ = 1 + r + r² P(r) with P of degree 4.

/// Adding 1.5·2²³ rounds to an integer, which then stands in the low bits.
const ROUND: f32 = 12_582_912.0;
const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// ln 2 in two parts; the first has 9 bits, so that n · LN2_HIGH is exact for |n| < 2¹⁵.
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// Integer part n (as integer and as float) and remainder r of x = n ln 2 + r, for |x| < 2²⁰.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32) {
    let shifted = x * LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    ((shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32), r)
}

/// (eʳ − 1) for |r| ≤ 0.35.
#[inline(always)]
fn small_exp_m1(r: f32) -> f32 {
    let p = 0.001_386_243_3 * r + 0.008_366_68;
    let p = p * r + 0.041_667_525;
    let p = p * r + 0.166_665_42;
    let p = p * r + 0.499_999_97;
    p * (r * r) + r
}

/// 2ⁿ for −126 ≤ n ≤ 127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// e^(x + tail) for |tail| far below one unit in the last place of x, or below 1e-6: the tail carries what x had to round away.
#[inline(always)]
pub(crate) fn exp_with_tail(x: f32, tail: f32) -> f32 {
    // Comparisons, not min and max: they let NaN through. e^89 overflows, e^-104 rounds to 0.
    let x = if x > 89.0 { 89.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let (n, r) = reduce(x);
    let y = small_exp_m1(r + tail) + 1.0;
    // Two factors: 2^128 and 2^-150 are not numbers of this type, their halves are.
    let half = n >> 1;
    y * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

/// eˣ.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    exp_with_tail(x, 0.0)
}

/// eˣ − 1, precise near 0.
#[inline(always)]
pub(crate) fn exp_m1(x: f32) -> f32 {
    let c = if x > 89.0 { 89.0 } else { x };
    // Below −25 the answer is −1, and 2ⁿ stays a normal number.
    let c = if c < -25.0 { -25.0 } else { c };
    let (n, r) = reduce(c);
    let p = small_exp_m1(r);
    // 2ⁿ (1 + p) − 1 = 2ⁿ p + (2ⁿ − 1); at n = 128 computed on half the scale, since 2^128 overflows.
    let top = n > 127;
    let (unit, back) = if top { (0.5, 2.0) } else { (1.0, 1.0) };
    let scale = power_of_two(if top { 127 } else { n });
    (scale * p + (scale - unit)) * back
}
