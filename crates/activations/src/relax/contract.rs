//! The contract of bounds on an interval.

use super::line::LinearBounds;
use super::shape::Turns;
use super::{image, support};

/// Bounds of an activation on an interval [l, u]: what interval and linear bound propagation (Gowal et al. 2018, arXiv:1810.12715; Zhang et al.
/// 2018, arXiv:1811.00866) ask of it. An activation says where its shape changes; image and lines follow from that.
///
/// All results hold for the values of `f` in `f64`: a margin of a few of their last places is included.
///
/// ```
/// use sparring_activations::{Relax, Relu};
///
/// let lines = Relu.lines(-1.0, 3.0);
/// assert!((lines.upper.slope - 0.75).abs() < 1e-12 && lines.upper.at(-1.0) >= 0.0 && lines.upper.at(3.0) >= 3.0);
/// assert_eq!((Relu.image(-1.0, 3.0).0, lines.lower.slope), (0.0, 1.0));
/// ```
pub trait Relax: Turns {
    /// The smallest interval that holds f([l, u]), up to a few last places; the ends may be infinite.
    ///
    /// # Panics
    /// Unless l ≤ u.
    #[track_caller]
    fn image(&self, l: f64, u: f64) -> (f64, f64) {
        image::image(self, l, u)
    }
    /// A line below f and one above it on [l, u]: those with the smallest area between line and function. Horizontal over an infinite
    /// interval, and where x or f(x) passes 10¹⁵⁰; only the lines of [`Snake`](crate::Snake) have slope 1 there.
    ///
    /// # Panics
    /// Unless l ≤ u.
    #[track_caller]
    fn lines(&self, l: f64, u: f64) -> LinearBounds {
        support::lines(self, l, u)
    }
}
