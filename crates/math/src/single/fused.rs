//! `f32` whose functions use fused multiply-adds.

use super::madd::{Madd, Once};
use crate::Real;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// An `f32` whose functions round each product and sum of their formulas once instead of twice: faster where the instruction
/// set has the instruction, very slow elsewhere. The results differ from those of `f32` by a few units of the last place.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Fused(pub f32);

impl fmt::Display for Fused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! operators {
    ($($Op:ident $op:ident $Assign:ident $assign:ident)*) => {$(
        impl $Op for Fused {
            type Output = Self;
            #[inline(always)]
            fn $op(self, other: Self) -> Self {
                Fused($Op::$op(self.0, other.0))
            }
        }
        impl $Assign for Fused {
            #[inline(always)]
            fn $assign(&mut self, other: Self) {
                $Assign::$assign(&mut self.0, other.0);
            }
        }
    )*};
}
operators!(Add add AddAssign add_assign Sub sub SubAssign sub_assign Mul mul MulAssign mul_assign Div div DivAssign div_assign);

impl Neg for Fused {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Fused(-self.0)
    }
}

impl Sum for Fused {
    fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
        Fused(values.map(|v| v.0).sum())
    }
}

/// Functions with a formula of their own, and those of `f32`.
macro_rules! functions {
    ($($file:ident::$own:ident)*; $($same:ident)*) => {
        $(#[inline(always)]
        fn $own(self) -> Self {
            Fused(super::$file::$own::<Once>(self.0))
        })*
        $(#[inline(always)]
        fn $same(self) -> Self {
            Fused(Real::$same(self.0))
        })*
    };
}

impl crate::real::sealed::Sealed for Fused {}

impl Real for Fused {
    type Fused = Fused;
    const ZERO: Self = Fused(0.0);
    const ONE: Self = Fused(1.0);
    const EPSILON: Self = Fused(f32::EPSILON);
    const MAX: Self = Fused(f32::MAX);
    const NORMAL_REACH: Self = Fused(super::normal::NORMAL_REACH);
    const CIRCULAR_REACH: Self = Fused(super::circular::REACH);
    const INFINITY: Self = Fused(f32::INFINITY);
    #[inline(always)]
    fn of(x: f64) -> Self {
        Fused(x as f32)
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self.0)
    }
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self.0
    }
    #[inline(always)]
    fn madd(self, a: Self, b: Self) -> Self {
        Fused(Once::madd(self.0, a.0, b.0))
    }
    #[inline(always)]
    fn times(self, c: f64) -> (Self, Self) {
        // The product's rounding error is a multiply-add, c's a product.
        let (near, rest) = (c as f32, (c - f64::from(c as f32)) as f32);
        let product = near * self.0;
        (Fused(product), Fused(Once::madd(rest, self.0, Once::madd(near, self.0, -product))))
    }
    #[inline(always)]
    fn exp_nonpos_sum(self, rest: Self) -> Self {
        Fused(super::exp::exp_nonpos_sum::<Once>(self.0, rest.0))
    }
    functions! {
        exp::exp exp::exp_nonpos exp::exp_m1 exp::gauss logistic::tanh logistic::sigmoid logistic::softplus normal::erf
        normal::normal_cdf normal::normal_tail normal::normal_tail_less_moment normal::normal_pdf circular::sin circular::cos circular::sin_near circular::cos_near;
        ln ln_1p sqrt abs
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        self.0.is_finite()
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        self.0.is_nan()
    }
}
