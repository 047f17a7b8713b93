//! Hard shrink (hard thresholding): x outside ±λ.
//!
//! value       f(x)   = x for |x| > λ, else 0
//! derivative  f'(x)  = 1 for |x| > λ, else 0
//! second      f''(x) = 0
//! parameter   λ = `lambda`, ½
//! bounds      range ℝ, not Lipschitz: it jumps by λ at ±λ, monotone
//! source      Donoho and Johnstone 1994, Biometrika 81

crate::shapes::shrink::shrink! {
    /// f(x) = x for |x| > `lambda`, else 0.
    ///
    /// ```
    /// use sparring_activations::{Activation, HardShrink};
    ///
    /// let shrink = HardShrink::default();
    /// assert_eq!((shrink.f(-2.0f32), shrink.f(0.5f32), shrink.f(0.75f32)), (-2.0, 0.0, 0.75));
    /// ```
    HardShrink: "hard_shrink", "Donoho and Johnstone 1994, Biometrika 81", lambda: "half the width of the gap";
    formula "x if |x| > lambda, 0 otherwise",
    |lambda, x| x,
    lipschitz |lambda| (lambda == 0.0).then_some(1.0),
    smoothness |lambda| if lambda == 0.0 { Smoothness::C0 } else { Smoothness::Jumps }
}
