//! `f32` behind the trait.

use super::madd::Plain;
use crate::Real;

impl Real for f32 {
    type Fused = super::Fused;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const EPSILON: Self = f32::EPSILON;
    const MAX: Self = f32::MAX;
    const NORMAL_REACH: Self = super::normal::NORMAL_REACH;
    const CIRCULAR_REACH: Self = super::circular::REACH;
    const INFINITY: Self = f32::INFINITY;
    #[inline(always)]
    fn of(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self
    }
    #[inline(always)]
    fn exp(self) -> Self {
        super::exp::exp::<Plain>(self)
    }
    #[inline(always)]
    fn exp_nonpos(self) -> Self {
        super::exp::exp_nonpos::<Plain>(self)
    }
    #[inline(always)]
    fn exp_nonpos_sum(self, rest: Self) -> Self {
        super::exp::exp_nonpos_sum::<Plain>(self, rest)
    }
    #[inline(always)]
    fn exp_m1(self) -> Self {
        super::exp::exp_m1::<Plain>(self)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        super::ln::ln(self)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        super::ln::ln_1p(self)
    }
    #[inline(always)]
    fn tanh(self) -> Self {
        super::logistic::tanh::<Plain>(self)
    }
    #[inline(always)]
    fn erf(self) -> Self {
        super::normal::erf::<Plain>(self)
    }
    #[inline(always)]
    fn sigmoid(self) -> Self {
        super::logistic::sigmoid::<Plain>(self)
    }
    #[inline(always)]
    fn softplus(self) -> Self {
        super::logistic::softplus::<Plain>(self)
    }
    #[inline(always)]
    fn normal_cdf(self) -> Self {
        super::normal::normal_cdf::<Plain>(self)
    }
    #[inline(always)]
    fn normal_tail(self) -> Self {
        super::normal::normal_tail::<Plain>(self)
    }
    #[inline(always)]
    fn normal_tail_less_moment(self) -> Self {
        super::normal::normal_tail_less_moment::<Plain>(self)
    }
    #[inline(always)]
    fn normal_pdf(self) -> Self {
        super::normal::normal_pdf::<Plain>(self)
    }
    #[inline(always)]
    fn gauss(self) -> Self {
        super::exp::gauss::<Plain>(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        f32::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        f32::abs(self)
    }
    #[inline(always)]
    fn sin(self) -> Self {
        super::circular::sin::<Plain>(self)
    }
    #[inline(always)]
    fn cos(self) -> Self {
        super::circular::cos::<Plain>(self)
    }
    #[inline(always)]
    fn sin_near(self) -> Self {
        super::circular::sin_near::<Plain>(self)
    }
    #[inline(always)]
    fn cos_near(self) -> Self {
        super::circular::cos_near::<Plain>(self)
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        f32::is_finite(self)
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        f32::is_nan(self)
    }
}
