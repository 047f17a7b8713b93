//! `f64`: the standard library's functions, and the normal distribution of our own; it serves gradient checks, so it is precise first and fast second.

use super::normal::{erf, normal_cdf, normal_pdf};
use crate::Real;

impl Real for f64 {
    type Fused = f64;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const EPSILON: Self = f64::EPSILON;
    const MAX: Self = f64::MAX;
    const NORMAL_REACH: Self = 40.0;
    const CIRCULAR_REACH: Self = f64::INFINITY;
    const INFINITY: Self = f64::INFINITY;
    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self as f32
    }
    #[inline(always)]
    fn exp(self) -> Self {
        f64::exp(self)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        f64::exp_m1(self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        f64::ln(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        f64::ln_1p(self)
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        f64::tanh(self)
    }
    fn erf(self) -> Self {
        erf(self)
    }
    #[inline(always)]
    fn sigmoid(self) -> Self {
        // e^-|x| cannot overflow; for x < 0 the quotient e^x / (1 + e^x) keeps the small tail exact.
        let e = f64::exp(-f64::abs(self));
        (if self >= 0.0 { 1.0 } else { e }) / (1.0 + e)
    }
    #[inline(always)]
    fn softplus(self) -> Self {
        (if self < 0.0 { 0.0 } else { self }) + f64::ln_1p(f64::exp(-f64::abs(self)))
    }
    fn normal_cdf(self) -> Self {
        normal_cdf(self)
    }
    fn normal_pdf(self) -> Self {
        normal_pdf(self)
    }
    fn gauss(self) -> Self {
        // What rounding takes from the square comes back as a factor near 1.
        let square = self * self;
        let rest = if square.is_finite() { self.mul_add(self, -square) } else { 0.0 };
        f64::exp(-square) * (1.0 - rest)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f64::abs(self)
    }
    #[inline(always)]
    fn sin(self) -> Self {
        f64::sin(self)
    }
    #[inline(always)]
    fn cos(self) -> Self {
        f64::cos(self)
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        f64::is_nan(self)
    }
}
