//! The formula of an activation with learnt parameters.

use crate::Activation;
use sparring_math::Real;

/// Most parameters that a group may have.
pub(super) const MOST: usize = 16;

/// The formula of an activation f(x; p) with k learnt parameters, element by element. Its methods go `#[inline(always)]` and
/// without branches that cost: the slice functions of [`Trainable`](crate::Trainable) are these formulas in a vectorised loop.
///
/// As an [`Activation`] it is f at the parameters it holds. Write it for a type that is generic in the type of its parameters.
///
/// ```
/// use sparring_activations::{About, Activation, Parametric, Sharing, Smoothness, Trainable};
/// use sparring_math::Real;
///
/// /// f(x) = a x³.
/// #[derive(Clone, Copy, Debug)]
/// struct Cubic<S> { a: S }
/// impl<E: Real, S: Real> Activation<E> for Cubic<S> {
///     fn name(&self) -> &'static str { "cubic" }
///     fn about(&self) -> About {
///         let (range, bound, gain) = ((None, None), None, None);
///         About { name: "cubic", formula: "a x^3", source: "", range, lipschitz: bound, curvature: bound, monotone: true,
///                 smoothness: Smoothness::Smooth, gain_forward: gain, gain_backward: gain, elsewhere: "" }
///     }
///     fn f(&self, x: E) -> E { E::of(self.a.to_f64()) * x * x * x }
///     fn df(&self, x: E) -> E { E::of(3.0 * self.a.to_f64()) * x * x }
///     fn d2f(&self, x: E) -> E { E::of(6.0 * self.a.to_f64()) * x }
/// }
/// impl<E: Real> Parametric<E> for Cubic<E> {
///     const COUNT: usize = 1;
///     type With<F: Real> = Cubic<F>;
///     fn with<F: Real>(&self, p: &[F]) -> Cubic<F> { Cubic { a: p[0] } }
///     fn write(&self, p: &mut [E]) { p[0] = self.a; }
///     fn dparams(&self, x: E, out: &mut [E]) { out[0] = x * x * x; }
///     fn ddf_dparams(&self, x: E, out: &mut [E]) { out[0] = E::of(3.0) * x * x; }
///     fn d2params(&self, _: E, _: &[E], out: &mut [E]) { out[0] = E::ZERO; }
/// }
/// let (x, dy, mut dx, mut dp) = ([1.0f32, 2.0], [1.0, 1.0], [0.0; 2], [0.0]);
/// Cubic { a: 1.0 }.backward_with(&[0.5], Sharing::WHOLE, &x, &dy, &mut dx, &mut dp);
/// assert_eq!((dx, dp), ([1.5, 6.0], [9.0]));
/// ```
pub trait Parametric<E: Real>: Activation<E> + Copy + 'static {
    /// Number of parameters k, from 1 to 16.
    const COUNT: usize;
    /// The same activation with its parameters in another type.
    type With<F: Real>: Parametric<F>;
    /// The activation with the k parameters p.
    fn with<F: Real>(&self, p: &[F]) -> Self::With<F>;
    /// The Lipschitz constant at the parameters it holds, that of [`about`](Activation::about) unless a type says otherwise; `None` = unbounded, or not known.
    fn lipschitz(&self) -> Option<f64> {
        self.about().lipschitz
    }
    /// Writes the k parameters it holds.
    fn write(&self, p: &mut [E]);
    /// `out[j]` = ∂f/∂p_j at x.
    fn dparams(&self, x: E, out: &mut [E]);
    /// `out[j]` = ∂²f/∂x∂p_j at x.
    fn ddf_dparams(&self, x: E, out: &mut [E]);
    /// out = (∂²f/∂p²) v at x: the Hessian in the parameters times v.
    fn d2params(&self, x: E, v: &[E], out: &mut [E]);
}
