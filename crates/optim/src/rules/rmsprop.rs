//! RMSprop.

use super::elementwise::{Formula, Mean, RootMeanSquare, step as formula_step};
use crate::contract::{DECAY, MEMORY, assert_shapes};
use crate::floor::flush;
use crate::units::{EPS, Units};
use crate::{OptimError, Rule, RuleInfo};
use sparring_math::Real;
use sparring_math::named::{Named, Range};

/// RMSprop: the gradient over the root of its running mean square, with momentum and centred if asked for.
///
/// `g ← g + weight_decay · w`; `v ← alpha · v + (1-alpha) g²`; `d = g / (√v + eps)`, centred `g / (√(v - a²) + eps)` with
/// `a ← alpha · a + (1-alpha) g`; `w ← w - lr · d`, with momentum `b ← momentum · b + d`, `w ← w - lr · b`. PyTorch's semantics: eps is added to the root
/// (TensorFlow's stands under it). The slots hold √v, then b, then a, as many as are needed. Where rounding makes `v - a²` negative it counts as 0.
///
/// Source: Tieleman and Hinton 2012, lecture 6.5; centred: Graves 2013, arXiv:1308.0850.
///
/// ```
/// use sparring_optim::{RmsProp, Rule};
/// let (mut w, mut v) = ([1.0_f64], [0.0]);
/// RmsProp { alpha: 0.0, ..RmsProp::default() }.update(1, 0.1, &mut w, &[5.0], &mut [&mut v]);
/// assert!((w[0] - 0.9).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RmsProp {
    /// Memory of the mean square, in [0, 1).
    pub alpha: f64,
    /// Added to the root, >= 1e-20.
    pub eps: f64,
    /// Memory of past steps, in [0, 1); 0 = none.
    pub momentum: f64,
    /// Whether the square of the mean gradient is taken off the mean square.
    pub centered: bool,
    /// L2 penalty in the gradient, >= 0.
    pub weight_decay: f64,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self { alpha: 0.99, eps: 1e-8, momentum: 0.0, centered: false, weight_decay: 0.0 }
    }
}

sparring_math::named! {
    RmsProp: "rmsprop", [], "Tieleman and Hinton 2012, lecture 6.5; Graves 2013, arXiv:1308.0850";
    alpha: MEMORY, "memory of the mean square";
    eps: EPS, "added to the root";
    momentum: MEMORY, "memory of past steps";
    centered: Range::TRUE_OR_FALSE, "whether the square of the mean gradient is taken off the mean square";
    weight_decay: DECAY, "L2 penalty in the gradient";
}

impl RmsProp {
    /// Name and facts.
    pub const INFO: RuleInfo = RuleInfo {
        name: Self::NAME,
        about: "gradients over the root of their running mean square",
        source: Self::PAPER,
        default_lr: 0.01,
    };
    /// Checks every parameter.
    ///
    /// # Errors
    /// [`OptimError`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), OptimError> {
        Named::validate(self)
    }
}

/// The constants of a step.
#[derive(Clone, Copy)]
pub struct Constants<E> {
    lr: E,
    l2: E,
    eps: E,
    momentum: E,
    floor: E,
    mean: Mean<E>,
    root: RootMeanSquare<E>,
}

/// A variant, with its slots.
struct Variant<'a, const MOMENTUM: bool, const CENTERED: bool>(&'a RmsProp);

impl<E: Real, const MOMENTUM: bool, const CENTERED: bool, const N: usize> Formula<E, N>
    for Variant<'_, MOMENTUM, CENTERED>
{
    type Constants = Constants<E>;

    fn constants(&self, _: u64, lr: f64) -> Constants<E> {
        Constants {
            lr: E::of(lr),
            l2: E::of(self.0.weight_decay),
            eps: E::of(self.0.eps),
            momentum: E::of(self.0.momentum),
            floor: Units::<E>::new(1.0).moment,
            mean: Mean::new(self.0.alpha),
            root: RootMeanSquare::new(self.0.alpha, self.0.eps),
        }
    }

    #[inline(always)]
    fn element(c: Constants<E>, w: E, g: E, mut state: [E; N]) -> (E, [E; N]) {
        let g = g + c.l2 * w;
        state[0] = c.root.after(state[0], g);
        let mut root = state[0];
        if CENTERED {
            state[N - 1] = c.mean.after(state[N - 1], g);
            root = c.root.without(root, state[N - 1]);
        }
        let mut d = g / (root + c.eps);
        if MOMENTUM {
            state[1] = flush(c.momentum * state[1] + d, c.floor);
            d = state[1];
        }
        (w - c.lr * d, state)
    }
}

impl<E: Real> Rule<E> for RmsProp {
    fn slots(&self) -> usize {
        1 + usize::from(self.momentum != 0.0) + usize::from(self.centered)
    }

    #[track_caller]
    fn update(&self, step: u64, lr: E, w: &mut [E], g: &[E], slots: &mut [&mut [E]]) {
        assert_shapes(Self::NAME, Rule::<E>::slots(self), w, g, slots);
        match (self.momentum != 0.0, self.centered) {
            (false, false) => formula_step::<E, _, 1>(&Variant::<false, false>(self), step, lr, w, g, slots),
            (true, false) => formula_step::<E, _, 2>(&Variant::<true, false>(self), step, lr, w, g, slots),
            (false, true) => formula_step::<E, _, 2>(&Variant::<false, true>(self), step, lr, w, g, slots),
            (true, true) => formula_step::<E, _, 3>(&Variant::<true, true>(self), step, lr, w, g, slots),
        }
    }
}
