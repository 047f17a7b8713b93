//! What an update rule is.

use sparring_math::Real;

/// An element-wise update rule: sees any sub-slice of a parameter, so it may run inside a kernel.
pub trait Rule<E: Real>: std::fmt::Debug + Send + Sync {
    /// State slots a parameter needs (0 for plain SGD, 2 for Adam), each as long as the parameter, zero at first.
    fn slots(&self) -> usize;
    /// One step; `step` counts from 1, `lr` is the scheduled learning rate, `g` the gradient.
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]);
}
