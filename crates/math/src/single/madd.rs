//! a · b + c with one rounding or with two: the one place where the formulas of this type differ between instruction sets.

/// How a product and a sum are rounded.
pub(crate) trait Madd: Copy {
    /// a · b + c.
    fn madd(a: f32, b: f32, c: f32) -> f32;
    /// a² + b, a² not being rounded by itself where b nearly cancels it.
    fn square_plus(a: f32, b: f32) -> f32;
    /// p(a) / q(a), lowest powers first, for a ≥ 0 and coefficients ≥ 0, where each power may carry the whole.
    fn quotient(p: [f32; 5], q: [f32; 6], a: f32) -> f32;
}

/// Two roundings: the same bits in scalar and vector code of every instruction set.
#[derive(Clone, Copy)]
pub(crate) struct Plain;

impl Madd for Plain {
    #[inline(always)]
    fn madd(a: f32, b: f32, c: f32) -> f32 {
        a * b + c
    }
    #[inline(always)]
    fn square_plus(a: f32, b: f32) -> f32 {
        // 12 leading bits: their square is exact.
        let lead = f32::from_bits(a.to_bits() & 0xffff_f000);
        (lead * lead + b) + (a - lead) * (a + lead)
    }
    #[inline(always)]
    fn quotient(p: [f32; 5], q: [f32; 6], a: f32) -> f32 {
        // Twice the roundings of `Once` would be felt: in double precision there are none.
        let (p, q, a) = (p.map(f64::from), q.map(f64::from), f64::from(a));
        let top = (((p[4] * a + p[3]) * a + p[2]) * a + p[1]) * a + p[0];
        let bottom = ((((q[5] * a + q[4]) * a + q[3]) * a + q[2]) * a + q[1]) * a + q[0];
        (top / bottom) as f32
    }
}

/// One rounding: an instruction under AVX2 and AVX-512, elsewhere a library call.
#[derive(Clone, Copy)]
pub(crate) struct Once;

impl Madd for Once {
    #[inline(always)]
    fn madd(a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }
    #[inline(always)]
    fn square_plus(a: f32, b: f32) -> f32 {
        a.mul_add(a, b)
    }
    #[inline(always)]
    fn quotient(p: [f32; 5], q: [f32; 6], a: f32) -> f32 {
        // Even and odd powers apart: half as many roundings one after the other.
        let z = a * a;
        let even = p[4].mul_add(z, p[2]).mul_add(z, p[0]);
        let top = p[3].mul_add(z, p[1]).mul_add(a, even);
        let even = q[4].mul_add(z, q[2]).mul_add(z, q[0]);
        top / q[5].mul_add(z, q[3]).mul_add(z, q[1]).mul_add(a, even)
    }
}
