//! a · b + c with one rounding or with two: the one place where the formulas of this type differ between instruction sets.

/// How a product and a sum are rounded.
pub(crate) trait Madd: Copy {
    /// a · b + c.
    fn madd(a: f32, b: f32, c: f32) -> f32;
    /// a² as the sum of two numbers, the first of which rounds it or its leading bits.
    fn square(a: f32) -> (f32, f32);
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
    fn square(a: f32) -> (f32, f32) {
        // 12 leading bits: their square is exact.
        let lead = f32::from_bits(a.to_bits() & 0xffff_f000);
        (lead * lead, (a - lead) * (a + lead))
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
    fn square(a: f32) -> (f32, f32) {
        let square = a * a;
        (square, a.mul_add(a, -square))
    }
}
