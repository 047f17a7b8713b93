//! sin x and cos x in single precision.
//!
//! x = n π/2 + r with n an integer and |r| ≤ π/4; sin r = r + r³ S(r²), cos r = 1 − r²/2 + r⁴ C(r²), and n mod 4 says which of the two
//! it is, and its sign.

use super::madd::Madd;

/// Adding 1.5·2²³ rounds to an integer, which then stands in the low bits.
const ROUND: f32 = 12_582_912.0;
/// As far from 0 the formulas of this file hold: n has 20 bits there.
pub(crate) const REACH: f32 = 1_048_576.0;

/// sin(x + quarter · π/2) for |x| ≤ [`REACH`]; NaN of NaN and ±∞, unspecified elsewhere.
#[inline(always)]
fn turned<M: Madd>(x: f32, quarter: u32) -> f32 {
    let shifted = M::madd(x, std::f32::consts::FRAC_2_PI, ROUND);
    let r = M::less_quarters(x, shifted - ROUND);
    let n = shifted.to_bits().wrapping_add(quarter);
    let z = r * r;
    let s = M::madd(M::madd(-1.951_529_6e-4, z, 8.332_161e-3), z, -1.666_665_5e-1);
    let sine = M::madd(s * z, r, r);
    let c = M::madd(M::madd(2.443_315_7e-5, z, -1.388_731_6e-3), z, 4.166_664_6e-2);
    let cosine = M::madd(c, z * z, M::madd(z, -0.5, 1.0));
    let value = if n & 1 == 0 { sine } else { cosine };
    f32::from_bits(value.to_bits() ^ ((n & 2) << 30))
}

/// sin x in reach.
#[inline(always)]
pub(crate) fn sin_near<M: Madd>(x: f32) -> f32 {
    turned::<M>(x, 0)
}

/// cos x in reach.
#[inline(always)]
pub(crate) fn cos_near<M: Madd>(x: f32) -> f32 {
    turned::<M>(x, 1)
}

/// sin x; out of reach that of the standard library.
#[inline(always)]
pub(crate) fn sin<M: Madd>(x: f32) -> f32 {
    if x.abs() <= REACH { sin_near::<M>(x) } else { x.sin() }
}

/// cos x; out of reach that of the standard library.
#[inline(always)]
pub(crate) fn cos<M: Madd>(x: f32) -> f32 {
    if x.abs() <= REACH { cos_near::<M>(x) } else { x.cos() }
}
