//! a · b + c with one rounding or with two: the one place where the formulas of this type differ between instruction sets.

/// How a product and a sum are rounded.
pub(crate) trait Madd: Copy {
    /// a · b + c.
    fn madd(a: f32, b: f32, c: f32) -> f32;
    /// a² + b, a² not being rounded by itself where b nearly cancels it.
    fn square_plus(a: f32, b: f32) -> f32;
    /// x − n π/2 for whole n up to 2²¹, with all digits where little is left.
    fn less_quarters(x: f32, n: f32) -> f32;
    /// p(a) / q(a), lowest powers first, two at least, for a ≥ 0 and coefficients ≥ 0, where each power may carry the whole.
    fn quotient<const P: usize, const Q: usize>(p: [f32; P], q: [f32; Q], a: f32) -> f32;
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
    fn less_quarters(x: f32, n: f32) -> f32 {
        // 33 bits of π/2: their product with n is exact in double precision.
        const HIGH: f64 = 1.570_796_326_734_125_6;
        const LOW: f64 = 6.077_100_506_506_192e-11;
        let (x, n) = (f64::from(x), f64::from(n));
        ((x - n * HIGH) - n * LOW) as f32
    }
    #[inline(always)]
    fn quotient<const P: usize, const Q: usize>(p: [f32; P], q: [f32; Q], a: f32) -> f32 {
        // Twice the roundings of `Once` would be felt: in double precision there are none.
        let a = f64::from(a);
        let at = |c: &[f32]| c.iter().rev().fold(0.0, |sum, &c| sum * a + f64::from(c));
        (at(&p) / at(&q)) as f32
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
    fn less_quarters(x: f32, n: f32) -> f32 {
        // π/2 in three parts of 24 bits (Cody and Waite 1980). The first difference is exact, the second rounds once.
        const PARTS: [f32; 3] = [1.570_796_4, -4.371_139e-8, -1.715_121_4e-15];
        (-n).mul_add(PARTS[2], (-n).mul_add(PARTS[1], (-n).mul_add(PARTS[0], x)))
    }
    #[inline(always)]
    fn quotient<const P: usize, const Q: usize>(p: [f32; P], q: [f32; Q], a: f32) -> f32 {
        even_and_odd(p, a) / even_and_odd(q, a)
    }
}

/// p(a), even and odd powers apart: half as many roundings one after the other.
#[inline(always)]
fn even_and_odd<const N: usize>(p: [f32; N], a: f32) -> f32 {
    let z = a * a;
    let powers = |from: usize| {
        let top = N - 1 - (N - 1 - from) % 2;
        (from..top).rev().filter(|k| (k - from).is_multiple_of(2)).fold(p[top], |sum, k| sum.mul_add(z, p[k]))
    };
    powers(1).mul_add(a, powers(0))
}
