//! The scalar types of the house.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

pub(crate) mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A real number: `f32` for work, `f64` so that gradient checks are sharp. Sealed.
pub trait Real:
    sealed::Sealed
    + Copy
    + Default
    + PartialEq
    + PartialOrd
    + Debug
    + Display
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
{
    /// The same number with formulas that fuse multiply-adds, for loops on instruction sets that have them; `f64` is its own.
    type Fused: Real;
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Distance from 1 to the next larger number.
    const EPSILON: Self;
    /// The largest finite number.
    const MAX: Self;
    /// The normal distribution function is 0 in this type left of minus this; x² of it is finite.
    const NORMAL_REACH: Self;
    /// As far from 0 [`sin_near`](Real::sin_near) and [`cos_near`](Real::cos_near) are the sine and the cosine.
    const CIRCULAR_REACH: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// Nearest value to an `f64`.
    fn of(x: f64) -> Self;
    /// Exact for both types.
    fn to_f64(self) -> f64;
    /// `self` rounded to `f32`.
    fn to_f32(self) -> f32;
    /// eˣ.
    fn exp(self) -> Self;
    /// eˣ for x ≤ 0 (or NaN): the bits of [`exp`](Real::exp), cheaper. Of a positive number the value is unspecified.
    #[inline(always)]
    fn exp_nonpos(self) -> Self {
        self.exp()
    }
    /// e^(x + rest) for x ≤ 0 (or NaN), `rest` being what the rounding of x left. Of a positive number the value is unspecified.
    #[inline(always)]
    fn exp_nonpos_sum(self, rest: Self) -> Self {
        let e = self.exp_nonpos();
        e.madd(rest, e)
    }
    /// eˣ − 1 without cancellation.
    fn exp_m1(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// ln(1 + x) without cancellation.
    fn ln_1p(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Error function.
    fn erf(self) -> Self;
    /// 1 / (1 + e⁻ˣ).
    fn sigmoid(self) -> Self;
    /// ln(1 + eˣ).
    fn softplus(self) -> Self;
    /// Φ(x) = ½ (1 + erf(x/√2)), the normal distribution function, with all digits in the left tail.
    fn normal_cdf(self) -> Self;
    /// Φ(−|x|), with all digits.
    #[inline(always)]
    fn normal_tail(self) -> Self {
        (-self.abs()).normal_cdf()
    }
    /// Φ(−a) − a φ(a) for a = |x|, the derivative of a Φ(−a); for `f32` with all digits around its zero at 0.7518 too.
    #[inline(always)]
    fn normal_tail_less_moment(self) -> Self {
        let (a, top) = (self.abs(), Self::NORMAL_REACH);
        self.normal_tail() - (if a > top { top } else { a }) * self.normal_pdf()
    }
    /// φ(x) = e^(−x²/2) / √(2π), the normal density.
    fn normal_pdf(self) -> Self;
    /// e^(−x²), with all digits in the tails.
    fn gauss(self) -> Self;
    /// g(x) computed in `f64`, as the nearest number of this type and what that leaves; for `f64` nothing is left.
    #[inline(always)]
    fn in_double(self, g: impl Fn(f64) -> f64) -> (Self, Self) {
        let y = g(self.to_f64());
        let near = Self::of(y);
        (near, Self::of(y - near.to_f64()))
    }
    /// c · x as the nearest number of this type and what that leaves; for `f64` nothing is left.
    #[inline(always)]
    fn times(self, c: f64) -> (Self, Self) {
        self.in_double(|x| c * x)
    }
    /// Square root.
    fn sqrt(self) -> Self;
    /// |x|.
    fn abs(self) -> Self;
    /// self · a + b: one rounding for [`Fused`](crate::Fused), two for the others.
    #[inline(always)]
    fn madd(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    /// Sine; NaN at ±∞.
    fn sin(self) -> Self;
    /// Cosine; NaN at ±∞.
    fn cos(self) -> Self;
    /// sin x for |x| up to [`CIRCULAR_REACH`](Real::CIRCULAR_REACH), elsewhere unspecified: the bits of [`sin`](Real::sin) without its branch, so that loops
    /// vectorise.
    #[inline(always)]
    fn sin_near(self) -> Self {
        self.sin()
    }
    /// cos x as [`sin_near`](Real::sin_near).
    #[inline(always)]
    fn cos_near(self) -> Self {
        self.cos()
    }
    /// xⁿ by repeated squaring, in the same order on every machine; 1/x^|n| for negative n.
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        let (mut square, mut left, mut product) = (self, n.unsigned_abs(), Self::ONE);
        while left > 0 {
            if left & 1 == 1 {
                product *= square;
            }
            square *= square;
            left >>= 1;
        }
        if n < 0 { Self::ONE / product } else { product }
    }
    /// Neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Not a number.
    fn is_nan(self) -> bool;
    /// The larger of two, the other of equals (0 of −0 and 0); NaN if either is.
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if self.is_nan() || self > other { self } else { other }
    }
    /// The smaller of two, the other of equals (−0 of 0 and −0); NaN if either is.
    #[inline(always)]
    fn smaller(self, other: Self) -> Self {
        if self.is_nan() || self < other { self } else { other }
    }
    /// −1, 0 or 1; NaN stays NaN.
    #[inline(always)]
    fn sign(self) -> Self {
        if self > Self::ZERO {
            Self::ONE
        } else if self < Self::ZERO {
            -Self::ONE
        } else {
            self * Self::ZERO
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<E: Real>() {
        let [a, b, nan] = [1.0, 2.0, f64::NAN].map(E::of);
        assert_eq!((a.larger(b), b.larger(a), a.smaller(b), b.smaller(a)), (b, b, a, a));
        assert!([a.larger(nan), nan.larger(a), a.smaller(nan), nan.smaller(a)].iter().all(|x| x.is_nan()));
        // Of equals the other: only the sign of zero tells them apart.
        let (plus, minus) = (E::ZERO, -E::ZERO);
        let negative = |x: E| (E::ONE / x) < E::ZERO;
        assert!(!negative(minus.larger(plus)) && negative(plus.larger(minus)));
        assert!(negative(plus.smaller(minus)) && !negative(minus.smaller(plus)));
    }

    #[test]
    fn larger_and_smaller() {
        check::<f32>();
        check::<f64>();
    }
}
