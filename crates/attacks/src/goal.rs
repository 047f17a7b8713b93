//! What the adversary wants.

use crate::AttackError;
use sparring_oracle::{Batch, Classifier};
use std::ops::Range;

/// What each example of a batch should become.
#[derive(Clone, Copy, Debug)]
pub enum Goal<'a> {
    /// Anything but these (true) labels.
    Untargeted(&'a [usize]),
    /// Exactly these classes.
    Targeted(&'a [usize]),
}

/// The predicted class: the first of the largest logits.
///
/// ```
/// assert_eq!(sparring_attacks::predicted(&[0.5, 2.0, 2.0]), 1);
/// ```
///
/// # Panics
/// If there is no logit.
pub fn predicted(logits: &[f32]) -> usize {
    assert!(!logits.is_empty(), "predicted: no logits");
    logits.iter().enumerate().fold(0, |best, (i, &z)| if z > logits[best] { i } else { best })
}

/// The likeliest class other than `class`: the first of the largest logits; `class` itself where it is the only one.
pub(crate) fn rival(z: &[f32], class: usize) -> usize {
    let others = (0..z.len()).filter(|&k| k != class);
    others.reduce(|best, k| if z[k] > z[best] { k } else { best }).unwrap_or(class)
}

impl<'a> Goal<'a> {
    /// The labels or the targets.
    pub fn classes(self) -> &'a [usize] {
        match self {
            Self::Untargeted(y) | Self::Targeted(y) => y,
        }
    }
    /// Is the goal of example `i` reached by these logits?
    ///
    /// # Panics
    /// If there is no such example or no logit.
    pub fn reached(self, i: usize, logits: &[f32]) -> bool {
        match self {
            Self::Untargeted(y) => predicted(logits) != y[i],
            Self::Targeted(to) => predicted(logits) == to[i],
        }
    }
    /// +1 where the loss at [`classes`](Self::classes) should rise, −1 where it should fall.
    pub fn sign(self) -> f32 {
        match self {
            Self::Untargeted(_) => 1.0,
            Self::Targeted(_) => -1.0,
        }
    }
    /// The goals of some of the examples.
    ///
    /// # Panics
    /// If the range leaves the batch.
    pub fn slice(self, range: Range<usize>) -> Self {
        match self {
            Self::Untargeted(y) => Self::Untargeted(&y[range]),
            Self::Targeted(to) => Self::Targeted(&to[range]),
        }
    }
}

/// Everything an attack may take for granted: shapes, labels, box. Every attack calls it first.
///
/// # Errors
/// The first thing that is wrong, by name.
pub fn check_input<M: Classifier + ?Sized>(
    model: &M,
    x: Batch<'_>,
    goal: Goal<'_>,
    out: &[f32],
) -> Result<(), AttackError> {
    let (n, classes, bounds) = (x.len(), model.classes(), model.bounds());
    if x.shape() != model.shape() {
        return Err(AttackError::Shape { model: model.shape(), batch: x.shape() });
    }
    if classes < 2 {
        return Err(AttackError::Classes(classes));
    }
    for (what, expected, got) in
        [("labels", n, goal.classes().len()), ("numbers of the output", x.data().len(), out.len())]
    {
        if expected != got {
            return Err(AttackError::Length { what, expected, got });
        }
    }
    for (&label, &id) in goal.classes().iter().zip(x.ids()) {
        if label >= classes {
            return Err(AttackError::Label { label, id, classes });
        }
    }
    // Written so that NaN fails too; a whole example at a time, which vectorises.
    let (lo, hi) = (bounds.lo(), bounds.hi());
    let inside = |v: f32| (lo <= v) & (v <= hi);
    for (row, &id) in x.data().chunks_exact(x.dim()).zip(x.ids()) {
        if !row.iter().fold(true, |all, &v| all & inside(v)) {
            let value = row.iter().copied().find(|&v| !inside(v)).expect("one is outside");
            return Err(AttackError::OutOfBox { id, value, lo, hi });
        }
    }
    Ok(())
}
