//! What a gradient transformation is.

use crate::{Needs, WholeTensor};
use sparring_math::Real;
use sparring_math::named::Range;

/// What a limit of a gradient may be.
pub(super) const LIMIT: Range = Range::above(0.0).in_f32();
/// What the weight of a penalty may be.
pub(super) const PENALTY: Range = Range::at_least(0.0).in_f32();

/// What a transformation sees besides numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// From 1.
    pub step: u64,
    /// Learning rate of the step, the group's factor included.
    pub lr: f64,
    /// The norm that the transformation [`Needs`], of the gradients as the transformations before it left them.
    pub norm: f64,
}

/// A transformation of gradients, one link of optax's chain, or of the weights. Links act in the order written, before the rule; what they do [after](Self::after) it as well.
pub trait Transform<E: Real>: std::fmt::Debug + Send + Sync {
    /// What it has to know first.
    fn needs(&self) -> Needs {
        Needs::Nothing
    }
    /// Whether it pulls weights towards zero: then groups of parameters without weight decay are left out.
    fn decays(&self) -> bool {
        false
    }
    /// State slots a parameter needs, each as long as it, zero at first.
    fn slots(&self) -> usize {
        0
    }
    /// Transforms the gradient `g` of some weights `w` of one parameter tensor, or the weights.
    ///
    /// # Panics
    /// If the lengths differ.
    fn apply(&self, seen: Seen, w: &mut [E], g: &mut [E]) {
        let _ = (seen, w, g);
    }
    /// As [`apply`](Self::apply), on a whole tensor: the definition where it [`needs`](Self::needs) that.
    ///
    /// # Panics
    /// As [`apply`](Self::apply).
    fn apply_tensor(&self, of: WholeTensor<'_, E>, seen: Seen, w: &mut [E], g: &mut [E]) {
        let _ = of;
        self.apply(seen, w, g);
    }
    /// What state begins with, from some weights before the first step of the rule.
    fn begin(&self, w: &[E], slots: &mut [&mut [E]]) {
        let _ = (w, slots);
    }
    /// Its act after the step of the rule, on some weights and their state.
    fn after(&self, seen: Seen, w: &mut [E], slots: &mut [&mut [E]]) {
        let _ = (seen, w, slots);
    }
    /// As [`after`](Self::after), on a whole tensor: the definition where it [`needs`](Self::needs) that.
    fn after_tensor(&self, of: WholeTensor<'_, E>, seen: Seen, w: &mut [E], slots: &mut [&mut [E]]) {
        let _ = of;
        self.after(seen, w, slots);
    }
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
