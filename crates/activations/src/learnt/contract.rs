//! What an activation with learnt parameters is: the formula (`Parametric`), and its slice functions (`Trainable`).

use super::rules::{FirstOrder, InputGrad, ParamGrad};
use super::sharing::Sharing;
use super::{elementwise, sums};
use crate::Activation;
use sparring_math::Real;

/// Most parameters that a group may have.
pub(super) const MOST: usize = 16;

/// The formula of an activation f(x; p) with k learnt parameters, element by element. Its methods go `#[inline(always)]` and
/// without branches that cost: the slice functions of [`Trainable`] are these formulas in a vectorised loop.
///
/// As an [`Activation`] it is f at the parameters it holds. Write it for a type that is generic in the type of its parameters.
///
/// ```
/// use sparring_activations::{About, Activation, Parametric, Sharing, Trainable};
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
///                 gain_forward: gain, gain_backward: gain }
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
    /// Writes the k parameters it holds.
    fn write(&self, p: &mut [E]);
    /// `out[j]` = ∂f/∂p_j at x.
    fn dparams(&self, x: E, out: &mut [E]);
    /// `out[j]` = ∂²f/∂x∂p_j at x.
    fn ddf_dparams(&self, x: E, out: &mut [E]);
    /// out = (∂²f/∂p²) v at x: the Hessian in the parameters times v.
    fn d2params(&self, x: E, v: &[E], out: &mut [E]);
}

/// An activation with learnt parameters as slice functions. The parameters are arguments, so that one value serves a whole network.
/// Every [`Parametric`] is one.
///
/// # Shapes
/// p, dp, v `[groups, k]` with the groups of [`Sharing`]; x and everything else of one length, a multiple of `groups · run` unless there is one
/// group. Sums over elements are added to `dp` in an order that depends on the lengths alone. All on the calling thread, on the
/// widest instruction set; on one with fused multiply-adds `f32` formulas are those of [`Real::Fused`].
///
/// # Panics
/// If the lengths do not fit.
pub trait Trainable<E: Real>: Activation<E> {
    /// Number of parameters k of a group.
    fn count(&self) -> usize;
    /// The parameters at which training starts, `[k]`.
    fn params(&self) -> Vec<E>;
    /// y = f(x; p).
    fn forward_with(&self, p: &[E], s: Sharing, x: &[E], y: &mut [E]);
    /// dx = dy · ∂f/∂x: the gradient of the input alone.
    fn input_grad_with(&self, p: &[E], s: Sharing, x: &[E], dy: &[E], dx: &mut [E]);
    /// dx = dy · ∂f/∂x and dp_j += Σ dy · ∂f/∂p_j, in one pass over x.
    fn backward_with(&self, p: &[E], s: Sharing, x: &[E], dy: &[E], dx: &mut [E], dp: &mut [E]);
    /// Second order through the input gradient: for w = (cotangent of dx) · dy, dx = w · ∂²f/∂x² and dp_j += Σ w · ∂²f/∂x∂p_j.
    fn input_grad_backward(&self, p: &[E], s: Sharing, x: &[E], w: &[E], dx: &mut [E], dp: &mut [E]);
    /// Second order through the parameters' gradient, whose cotangent is v: dx = dy · (∂²f/∂x∂p · v), ddy = ∂f/∂p · v and
    /// dp += Σ dy · (∂²f/∂p²) v.
    fn param_grad_backward(
        &self,
        p: &[E],
        s: Sharing,
        x: &[E],
        dy: &[E],
        v: &[E],
        dx: &mut [E],
        ddy: &mut [E],
        dp: &mut [E],
    );
}

impl<E: Real, A: Parametric<E>> Trainable<E> for A {
    fn count(&self) -> usize {
        const { assert!(A::COUNT >= 1 && A::COUNT <= MOST) };
        A::COUNT
    }
    fn params(&self) -> Vec<E> {
        let mut p = vec![E::ZERO; self.count()];
        self.write(&mut p);
        p
    }
    #[track_caller]
    fn forward_with(&self, p: &[E], s: Sharing, x: &[E], y: &mut [E]) {
        demand(self.name(), fits(A::COUNT, s, [p.len(), x.len(), x.len(), y.len(), p.len()]), p, s, x);
        elementwise::forward(self, p, s, x, y);
    }
    #[track_caller]
    fn input_grad_with(&self, p: &[E], s: Sharing, x: &[E], dy: &[E], dx: &mut [E]) {
        demand(self.name(), fits(A::COUNT, s, [p.len(), x.len(), dy.len(), dx.len(), p.len()]), p, s, x);
        elementwise::input_grad(self, p, s, x, dy, dx);
    }
    #[track_caller]
    fn backward_with(&self, p: &[E], s: Sharing, x: &[E], dy: &[E], dx: &mut [E], dp: &mut [E]) {
        let lengths = [p.len(), x.len(), dy.len(), dx.len(), dp.len()];
        demand(self.name(), fits(A::COUNT, s, lengths), p, s, x);
        sums::pass(FirstOrder, self, s, [p, x, dy, p], [dx, &mut [], dp]);
    }
    #[track_caller]
    fn input_grad_backward(&self, p: &[E], s: Sharing, x: &[E], w: &[E], dx: &mut [E], dp: &mut [E]) {
        let lengths = [p.len(), x.len(), w.len(), dx.len(), dp.len()];
        demand(self.name(), fits(A::COUNT, s, lengths), p, s, x);
        sums::pass(InputGrad, self, s, [p, x, w, p], [dx, &mut [], dp]);
    }
    #[track_caller]
    fn param_grad_backward(
        &self,
        p: &[E],
        s: Sharing,
        x: &[E],
        dy: &[E],
        v: &[E],
        dx: &mut [E],
        ddy: &mut [E],
        dp: &mut [E],
    ) {
        let lengths = [p.len(), x.len(), dy.len(), dx.len(), dp.len()];
        let fits = fits(A::COUNT, s, lengths) && v.len() == p.len() && ddy.len() == x.len();
        demand(self.name(), fits, p, s, x);
        sums::pass(ParamGrad, self, s, [p, x, dy, v], [dx, ddy, dp]);
    }
}

fn fits(k: usize, s: Sharing, [p, x, dy, dx, dp]: [usize; 5]) -> bool {
    p == s.groups * k && dp == p && dy == x && dx == x && s.divides(x)
}

#[track_caller]
fn demand<E>(name: &str, fits: bool, p: &[E], s: Sharing, x: &[E]) {
    assert!(
        fits,
        "{name}: {} parameters, {} elements and {s:?} do not fit, or lengths differ",
        p.len(),
        x.len()
    );
}
