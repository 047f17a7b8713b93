//! Down when a watched figure no longer improves.

use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, Range};

/// The base rate, times `factor` once the watched figure has not improved for more than `patience` epochs.
///
/// The rate depends on the figures, so whoever trains asks [`PlateauState`] for it: [`factor`](Schedule::factor) is 1.
/// PyTorch's `ReduceLROnPlateau` with a relative threshold: an epoch improves on the best figure b where it is below b · (1 − threshold), of figures that
/// should grow above b · (1 + threshold); for `cooldown` epochs after a cut none is counted; a cut of less than 1e-8 is not made.
///
/// ```
/// use sparring_optim::{Better, Plateau};
/// let plateau = Plateau { patience: 1, ..Plateau::default() };
/// let mut state = plateau.begin(0.1);
/// for loss in [1.0, 1.0, 1.0] {
///     state.observe(&plateau, loss, Better::Lower);
/// }
/// assert!((state.lr - 0.01).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Plateau {
    /// What the rate is multiplied by, in (0, 1).
    pub factor: f64,
    /// Epochs without improvement that are borne.
    pub patience: usize,
    /// The share of the best figure by which the next has to improve on it.
    pub threshold: f64,
    /// Epochs after a cut in which none is counted.
    pub cooldown: usize,
    /// The lowest rate, not a factor.
    pub min_lr: f64,
}

impl Default for Plateau {
    /// PyTorch's.
    fn default() -> Self {
        Self { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, min_lr: 0.0 }
    }
}

sparring_math::named! {
    Plateau: "plateau", ["reduce-on-plateau"], "PyTorch, torch.optim.lr_scheduler.ReduceLROnPlateau";
    factor: Range::between(0.0, 1.0).in_f32(), "what the rate is multiplied by";
    patience: WHOLE, "epochs without improvement that are borne";
    threshold: Range::from_to_below(0.0, 1.0), "share of the best figure by which the next has to improve on it";
    cooldown: WHOLE, "epochs after a cut in which none is counted";
    min_lr: Range::at_least(0.0), "lowest rate";
}

/// A number of epochs.
const WHOLE: Range = Range::Whole { low: 0, high: 1_000_000_000_000 };

/// The smallest cut that is made, as in PyTorch.
const LEAST_CUT: f64 = 1e-8;

/// Which of two figures is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The lower, as of losses.
    Lower,
    /// The higher, as of accuracies.
    Higher,
}

/// Where a [`Plateau`] stands.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlateauState {
    /// The rate of the next steps.
    pub lr: f64,
    /// The best figure so far.
    pub best: Option<f64>,
    /// Epochs since it improved.
    pub bad: u64,
    /// Epochs of the cool-down that are left.
    pub cooldown: u64,
}

impl Plateau {
    /// Name and facts.
    pub const INFO: ScheduleInfo = ScheduleInfo {
        name: Self::NAME,
        about: "a tenth of the rate once the watched figure of an epoch has not improved for ten epochs",
    };

    /// Before the first epoch, at the base rate.
    pub fn begin(&self, base: f64) -> PlateauState {
        PlateauState { lr: base, best: None, bad: 0, cooldown: 0 }
    }
}

impl PlateauState {
    /// Takes the figure of an epoch; whether the rate was cut. A NaN is no improvement.
    pub fn observe(&mut self, plateau: &Plateau, figure: f64, better: Better) -> bool {
        let improves = match (self.best, better) {
            (None, _) => figure.is_finite(),
            (Some(best), Better::Lower) => figure < best * (1.0 - plateau.threshold),
            (Some(best), Better::Higher) => figure > best * (1.0 + plateau.threshold),
        };
        if improves {
            (self.best, self.bad) = (Some(figure), 0);
        } else {
            self.bad += 1;
        }
        if self.cooldown > 0 {
            self.cooldown -= 1;
            self.bad = 0;
        }
        if self.bad <= plateau.patience as u64 {
            return false;
        }
        (self.cooldown, self.bad) = (plateau.cooldown as u64, 0);
        let lr = (self.lr * plateau.factor).max(plateau.min_lr);
        let cuts = self.lr - lr > LEAST_CUT;
        if cuts {
            self.lr = lr;
        }
        cuts
    }
}

impl Schedule for Plateau {
    fn factor(&self, _: f64) -> f64 {
        1.0
    }
}
