//! What an activation is.

use crate::slices::{Function, map, map_times};
use sparring_math::Real;
use std::fmt::{self, Debug};

/// [`About::elsewhere`] of a function that none of the libraries compared with has: then nobody's values can be compared with, and its formula alone is tested, by differences.
pub const NOWHERE_ELSE: &str = "not in PyTorch, Keras, JAX, burn or candle";

/// Facts about an activation at its present parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// The formula in plain text.
    pub formula: &'static str,
    /// Paper or standard reference.
    pub source: &'static str,
    /// Infimum and supremum of the values; `None` = unbounded on that side.
    pub range: (Option<f64>, Option<f64>),
    /// Best Lipschitz constant; `None` = unbounded.
    pub lipschitz: Option<f64>,
    /// Largest |f''| where it exists; `None` = unbounded, 0 for piecewise-linear functions.
    pub curvature: Option<f64>,
    /// Non-decreasing everywhere.
    pub monotone: bool,
    /// How many derivatives are continuous.
    pub smoothness: Smoothness,
    /// 1/√E f(z)² for z ~ N(0, 1): keeps the second moment of the forward signal. `None` where infinite.
    pub gain_forward: Option<f64>,
    /// 1/√E f'(z)² for z ~ N(0, 1): keeps the second moment of the gradient. `None` where infinite.
    pub gain_backward: Option<f64>,
    /// Where other libraries' defaults or conventions differ, "" where they agree, [`NOWHERE_ELSE`] where none has it.
    pub elsewhere: &'static str,
}

/// The smoothness class of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Smoothness {
    /// It jumps.
    Jumps,
    /// It is continuous, its derivative jumps.
    C0,
    /// Its first derivative is continuous, the second jumps.
    C1,
    /// All derivatives are continuous.
    Smooth,
}

impl fmt::Display for Smoothness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jumps => "jumps",
            Self::C0 => "C0",
            Self::C1 => "C1",
            Self::Smooth => "C-inf",
        })
    }
}

/// An element-wise activation: scalar in, scalar out. NaN in gives NaN out; ±∞ gives the mathematical limit.
pub trait Activation<E: Real>: Debug + Send + Sync {
    /// The name in configurations, as in [`about`](Activation::about), which computes the gains.
    fn name(&self) -> &'static str;
    /// Name, formula, source and bounds at these parameters.
    fn about(&self) -> About;
    /// Value.
    fn f(&self, x: E) -> E;
    /// First derivative; at a kink the convention of PyTorch.
    fn df(&self, x: E) -> E;
    /// Second derivative where it exists, 0 at kinks.
    fn d2f(&self, x: E) -> E;
    /// Whether f(x) = max(x, 0), to the bit: kernels that rectify in place, or while they pool or add, may stand for it.
    #[inline(always)]
    fn rectifies(&self) -> bool {
        false
    }
    /// f'(x) from the value y = f(x), where that is cheaper than from x; else `None`, which depends on the parameters alone. It is
    /// f' at the rounded value: near a limit of f it has lost the digits that `df` keeps.
    #[inline(always)]
    fn df_of_value(&self, y: E) -> Option<E> {
        let _ = y;
        None
    }
    /// The ends between which training draws the slope left of 0, for each element and step; `f` and its derivatives are then those at the mean.
    /// `None` of what is not random.
    fn drawn_slope(&self) -> Option<(f64, f64)> {
        None
    }
    /// y = f(x), element by element, on the widest instruction set of the machine: `f` is inlined into the loop where it is
    /// marked `#[inline(always)]`. The bits are those of `f`, or, for `f32` on an
    /// instruction set with fused multiply-adds, those of `f` on [`Fused`](sparring_math::Fused) where the type implements that.
    ///
    /// # Panics
    /// If the lengths differ.
    fn forward(&self, x: &[E], y: &mut [E]) {
        map(Value(self), x, y);
    }
    /// dx = dy · f'(x), element by element.
    ///
    /// # Panics
    /// If the lengths differ.
    fn backward(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        map_times("backward", First(self), x, dy, dx);
    }
    /// dx = dy · f'(x) from y = f(x) by [`df_of_value`](Activation::df_of_value), element by element; `false`, and `dx` is left alone,
    /// where that is `None`.
    ///
    /// # Panics
    /// If the lengths differ.
    fn backward_of_value(&self, y: &[E], dy: &[E], dx: &mut [E]) -> bool {
        let known = self.df_of_value(E::ZERO).is_some();
        if known {
            map_times("backward_of_value", FirstOfValue(self), y, dy, dx);
        }
        known
    }
    /// dx = dy · f''(x), element by element: what the gradient of a gradient needs.
    ///
    /// # Panics
    /// If the lengths differ.
    fn backward2(&self, x: &[E], dy: &[E], dx: &mut [E]) {
        map_times("backward2", Second(self), x, dy, dx);
    }
}

/// The functions of an activation, for loops over slices.
macro_rules! functions {
    ($($(#[$doc:meta])+ $Name:ident: |$a:ident, $x:ident| $value:expr;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy)]
        pub(crate) struct $Name<A>(pub(crate) A);

        impl<E: Real, A: Activation<E> + Copy> Function<E> for $Name<A> {
            #[inline(always)]
            fn at(self, $x: E) -> E {
                let $a = self.0;
                $value
            }
        }
    )+};
}
functions! {
    /// f.
    Value: |a, x| a.f(x);
    /// f'.
    First: |a, x| a.df(x);
    /// f''.
    Second: |a, x| a.d2f(x);
    /// f' from the value; asked for only where there is one.
    FirstOfValue: |a, y| a.df_of_value(y).unwrap_or(E::ZERO);
}
