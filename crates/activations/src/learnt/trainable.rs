//! An activation with learnt parameters as slice functions.

use super::parametric::{MOST, Parametric};
use super::rules::{FirstOrder, InputGrad, ParamGrad};
use super::sharing::Sharing;
use super::{elementwise, sums};
use crate::Activation;
use sparring_math::Real;

/// An activation with learnt parameters as slice functions. The parameters are arguments, so that one value serves a whole network.
/// Every [`Parametric`] is one; a type that is not `Copy` may implement it by itself, for any number of parameters.
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
    /// A bound of |f(x; p) − f(x'; p)| / |x − x'| over all x and x', for the parameters p `[k]` of one group; `None` = unbounded, or not known.
    fn lipschitz_with(&self, p: &[E]) -> Option<f64>;
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

// `Copy` again, though every `Parametric` is: of a type without it the compiler then knows that it may be `Trainable` by itself.
impl<E: Real, A: Parametric<E> + Copy> Trainable<E> for A {
    fn count(&self) -> usize {
        const { assert!(A::COUNT >= 1 && A::COUNT <= MOST) };
        A::COUNT
    }
    fn params(&self) -> Vec<E> {
        let mut p = vec![E::ZERO; self.count()];
        self.write(&mut p);
        p
    }
    fn lipschitz_with(&self, p: &[E]) -> Option<f64> {
        if p.len() != A::COUNT || !p.iter().all(|p| p.is_finite()) {
            return None;
        }
        let wide: Vec<f64> = p.iter().map(|p| p.to_f64()).collect();
        self.with(&wide).lipschitz().filter(|c| c.is_finite())
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
pub(crate) fn demand<E>(name: &str, fits: bool, p: &[E], s: Sharing, x: &[E]) {
    assert!(
        fits,
        "{name}: {} parameters, {} elements and {s:?} do not fit, or lengths differ",
        p.len(),
        x.len()
    );
}
