//! Soft shrink (soft thresholding): towards 0 by λ.
//!
//! value       f(x)   = x − λ for x > λ, x + λ for x < −λ, else 0
//! derivative  f'(x)  = 1 for |x| > λ, else 0
//! second      f''(x) = 0
//! parameter   λ = `lambda`, ½
//! bounds      range ℝ, 1-Lipschitz, curvature 0 apart from the kinks, monotone
//! source      Donoho 1995, IEEE Trans. Inf. Theory 41

crate::shapes::shrink::shrink! {
    /// f(x) = sign(x)·max(|x| − `lambda`, 0).
    ///
    /// ```
    /// use sparring_activations::{Activation, SoftShrink};
    ///
    /// let shrink = SoftShrink::default();
    /// assert_eq!((shrink.f(-2.0f32), shrink.f(0.5f32), shrink.f(0.75f32)), (-1.5, 0.0, 0.25));
    /// ```
    SoftShrink: "soft_shrink", "Donoho 1995, IEEE Trans. Inf. Theory 41", lambda: "what is taken off";
    formula "sign(x) * max(|x| - lambda, 0)",
    |lambda, x| if x < E::ZERO { x + lambda } else { x - lambda },
    lipschitz |_lambda| Some(1.0),
    smoothness |_lambda| Smoothness::C0
}
