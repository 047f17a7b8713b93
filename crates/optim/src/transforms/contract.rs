//! What a gradient transformation is.

use sparring_math::Real;
use sparring_math::named::Range;

/// What a limit of a gradient may be.
pub(super) const LIMIT: Range = Range::above(0.0).in_f32();
/// What the weight of a penalty may be.
pub(super) const PENALTY: Range = Range::at_least(0.0).in_f32();

/// What a transformation has to know of the gradients before it can act on the first number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needs {
    /// Nothing: it is element-wise, so gradients need not be made whole for it.
    Nothing,
    /// The Euclidean norm of the gradient of the parameter tensor.
    TensorNorm,
    /// The Euclidean norm of all gradients together.
    GlobalNorm,
}

/// What a transformation sees besides numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Learning rate of the step, the group's factor included.
    pub lr: f64,
    /// The norm that the transformation [`Needs`], of the gradients as the transformations before it left them.
    pub norm: f64,
}

/// A transformation of gradients, one link of optax's chain. Links act in the order written, before the rule.
pub trait Transform<E: Real>: std::fmt::Debug + Send + Sync {
    /// What it has to know first.
    fn needs(&self) -> Needs {
        Needs::Nothing
    }
    /// Whether it pulls weights towards zero: then groups of parameters without weight decay are left out.
    fn decays(&self) -> bool {
        false
    }
    /// Transforms the gradient `g` of some weights `w` of one parameter tensor, or the weights.
    ///
    /// # Panics
    /// If the lengths differ.
    fn apply(&self, seen: Seen, w: &mut [E], g: &mut [E]);
}

/// Name and facts of a transformation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransformInfo {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
}

#[track_caller]
#[inline]
pub(super) fn assert_lengths<E>(name: &str, w: &[E], g: &[E]) {
    assert!(w.len() == g.len(), "{name}: {} weights, {} gradients", w.len(), g.len());
}
