//! What an update rule is.

use sparring_math::Real;
use sparring_math::named::Range;

/// What a rule or a transformation has to know of the gradients before it can act on the first number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needs {
    /// Nothing: it is element-wise, so gradients need not be made whole for it.
    Nothing,
    /// The Euclidean norm of the gradient of the parameter tensor.
    TensorNorm,
    /// The Euclidean norm of all gradients together.
    GlobalNorm,
    /// The whole parameter tensor, as a [`WholeTensor`].
    Tensor,
}

/// out \[m, n\] = a \[m, k\] · bᵀ, where b is \[n, k\]; row by row. The extents are \[m, k, n\].
pub type MatMulTransposed<E> = dyn Fn([usize; 3], &[E], &[E], &mut [E]);

/// What is known of a parameter tensor that is seen whole, its numbers in the layout of files.
#[derive(Clone, Copy)]
pub struct WholeTensor<'a, E> {
    /// The shape: of a weight the first axis counts the outputs. Parameters that are no weights (biases, gains) count as vectors.
    pub shape: &'a [usize],
    /// The matmul that the caller has.
    pub matmul: &'a MatMulTransposed<E>,
}

impl<'a, E: Real> WholeTensor<'a, E> {
    /// A tensor of this shape, with a matmul in plain loops.
    pub fn new(shape: &'a [usize]) -> Self {
        Self { shape, matmul: &crate::matrix::matmul_transposed }
    }
    /// Rows and columns: the units (outputs) and the numbers of each; a vector is one row.
    pub fn rows(&self) -> [usize; 2] {
        match self.shape {
            [units, rest @ ..] if !rest.is_empty() => [*units, rest.iter().product()],
            _ => [1, self.shape.iter().product()],
        }
    }
}

impl<E> std::fmt::Debug for WholeTensor<'_, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WholeTensor").field("shape", &self.shape).finish_non_exhaustive()
    }
}

/// An update rule. Most are element-wise: they see any sub-slice of a parameter, so they may run inside a kernel.
///
/// What happens to an element depends on that element, its gradient and its state alone: any cut of a parameter into
/// sub-slices gives the same bits. A rule that [`needs`](Rule::needs) the whole tensor says so.
pub trait Rule<E: Real>: std::fmt::Debug + Send + Sync {
    /// State slots a parameter needs (0 for plain SGD, 2 for Adam), each as long as the parameter, zero at first.
    fn slots(&self) -> usize;
    /// What it has to know first: nothing, or the whole tensor; then [`update_tensor`](Self::update_tensor) is its definition.
    fn needs(&self) -> Needs {
        Needs::Nothing
    }
    /// One step; `step` counts from 1, `lr` is the scheduled learning rate, `g` the gradient.
    ///
    /// A step number below 1 is taken as 1.
    ///
    /// # Panics
    /// If `g` or a slot is not as long as `w`, or the number of slots is not [`slots`](Self::slots).
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]);
    /// One step of a whole parameter tensor, as [`update`](Self::update), which takes any slice for a vector.
    ///
    /// # Panics
    /// As [`update`](Self::update), and if the shape has not as many numbers.
    fn update_tensor(
        &self,
        of: WholeTensor<'_, E>,
        step: u64,
        lr: E,
        w: &mut [E],
        g: &[E],
        slots: &mut [&mut [E]],
    ) {
        let _ = of;
        self.update(step, lr, w, g, slots);
    }
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
