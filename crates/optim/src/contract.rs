//! What an update rule is.

use sparring_math::Real;
use sparring_math::named::Range;

/// An element-wise update rule: sees any sub-slice of a parameter, so it may run inside a kernel.
///
/// What happens to an element depends on that element, its gradient and its state alone: any cut of a parameter into
/// sub-slices gives the same bits.
pub trait Rule<E: Real>: std::fmt::Debug + Send + Sync {
    /// State slots a parameter needs (0 for plain SGD, 2 for Adam), each as long as the parameter, zero at first.
    fn slots(&self) -> usize;
    /// One step; `step` counts from 1, `lr` is the scheduled learning rate, `g` the gradient.
    ///
    /// A step number below 1 is taken as 1.
    ///
    /// # Panics
    /// If `g` or a slot is not as long as `w`, or the number of slots is not [`slots`](Self::slots).
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]);
}

/// What the decay factor of a moment may be: f32 has nothing between 0.99999994 and 1.
pub(crate) const MEMORY: Range = Range::from_to_below(0.0, 1.0).in_f32();
/// What a weight decay may be.
pub(crate) const DECAY: Range = Range::at_least(0.0).in_f32();

/// Name and facts of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleInfo {
    /// The name used in configurations and on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Paper.
    pub source: &'static str,
    /// Learning rate at the default parameters where none is given: what an MLP learns well with (measured, see the README).
    pub default_lr: f64,
}

/// The panic of all rules: a shape bug of the caller.
#[track_caller]
#[inline]
pub(crate) fn assert_shapes<E>(rule: &str, needed: usize, w: &[E], g: &[E], slots: &[&mut [E]]) {
    assert!(w.len() == g.len(), "{rule}: {} weights, {} gradients", w.len(), g.len());
    assert!(slots.len() == needed, "{rule}: {} state slots given, {needed} needed", slots.len());
    for (i, slot) in slots.iter().enumerate() {
        assert!(slot.len() == w.len(), "{rule}: {} weights, slot {i} has {}", w.len(), slot.len());
    }
}
