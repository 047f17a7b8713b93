//! Where the shape of a function changes.

use crate::Activation;
use std::borrow::Cow;

/// Points in ascending order.
pub type Points = Cow<'static, [f64]>;

/// An activation that says where its shape changes, from which [`Relax`](crate::Relax) has its bounds.
pub trait Turns: Activation<f64> {
    /// Every x in (l, u) where f turns from rising to falling or back and which is not among the [`bends`](Turns::bends): a leaky ReLU with a negative
    /// slope turns at its kink, which is a bend. More points than these do no harm.
    fn extrema(&self, l: f64, u: f64) -> Points;
    /// Every x in (l, u) where f turns from convex to concave or back, or has a kink or a jump: between two of them f is convex or concave. More points than
    /// these do no harm.
    fn bends(&self, l: f64, u: f64) -> Points;
    /// E f(√q z)², E f'(√q z)² and d/dq E f(√q z)² for z ~ N(0, 1), where they are known in closed form: of functions with more waves than a quadrature resolves.
    fn moments(&self, q: f64) -> Option<[f64; 3]> {
        let _ = q;
        None
    }
}
