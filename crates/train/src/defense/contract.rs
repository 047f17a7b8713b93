//! What a defence is.

use super::plan::Plan;
use serde::Serialize;
use sparring_attacks::{Access, AnyNorm, AttackInfo, AttackKind};
use sparring_math::named::{Named, NamedError, Range};
use sparring_optim::{AnySchedule, Ema, Piecewise};

/// What the budget of a defence may be: pixels lie in [0, 1].
pub(super) const BUDGET: Range = Range::above_to(0.0, 1.0);
/// What the budget of a defence in any norm may be; [`check_budget`] says more.
pub(super) const BUDGET_IN_NORM: Range = Range::above(0.0).in_f32();
/// The norms of a budget.
pub(super) const NORM: Range = Range::Words(&["linf", "l2"]);
/// What a length may be.
pub(super) const LENGTH: Range = Range::above(0.0);
/// What the fraction of a training may be, over which the budget grows.
pub(super) const WARM_UP: Range = Range::from_to(0.0, 1.0);

/// Adversarial training, min_θ E max_{‖δ‖ ≤ eps} loss(f(x + δ), y): what each step is trained on, and the recipe that goes with it.
pub trait Defense: Named {
    /// What a step is trained on, in one line.
    const ABOUT: &'static str;
    /// What the recipe is worth at eps 0.3 on MNIST, measured (docs/results/hardening.md).
    const WORTH: &'static str;

    /// The budget in [`norm`](Defense::norm); `None` for clean examples.
    fn eps(&self) -> Option<f32>;
    /// How the budget is measured.
    fn norm(&self) -> AnyNorm {
        AnyNorm::Linf
    }
    /// Fraction of the training over which the budget grows from 0 to [`eps`](Defense::eps).
    fn warm_up(&self) -> f64 {
        0.0
    }
    /// What the step does that ends at `progress` of the training, in (0, 1].
    fn plan(&self, progress: f64) -> Plan;
    /// How to train with it: for nets of MNIST's size, chosen on validation images, or its paper's; the file says which.
    fn hyperparameters(&self) -> Hyperparameters;
}

/// The norm is one in which steps of one length make sense, and a budget in L-inf is at most 1.
pub(super) fn check_budget<D: Defense>(defense: &D) -> Result<(), NamedError> {
    if !AnyNorm::DENSE.contains(&defense.norm()) {
        let value = defense.norm().to_string();
        return Err(NamedError::Value {
            thing: D::NAME,
            parameter: "norm",
            value,
            must: "linf or l2".into(),
        });
    }
    let eps = defense.eps().unwrap_or(1.0);
    if defense.norm() == AnyNorm::Linf && !BUDGET.holds(f64::from(eps)) {
        let must = "above 0 and at most 1 in linf (norm=l2 takes more)".into();
        return Err(NamedError::Value { thing: D::NAME, parameter: "eps", value: eps.to_string(), must });
    }
    Ok(())
}

/// The length of a step in L2 where that in L-inf is `length`: three times it, as most of a step leaves the box where pixels lie on its border (docs/results/attacks.md).
pub(super) fn in_norm(norm: AnyNorm, length: f32) -> f32 {
    if norm == AnyNorm::L2 { 3.0 * length } else { length }
}

/// What is said of the attack of a defence that no evaluation may use: white-box.
pub(super) const fn inner_attack<D: Defense>(
    norms: &'static [AnyNorm],
    defaults: &'static str,
) -> AttackInfo {
    AttackInfo {
        name: D::NAME,
        aliases: D::ALIASES,
        paper: D::PAPER,
        access: Access::White,
        kind: AttackKind::FixedBudget,
        norms,
        defaults,
    }
}

/// The norm of files before there was a choice.
pub(super) fn linf() -> AnyNorm {
    AnyNorm::Linf
}
#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
pub(super) fn is_linf(norm: &AnyNorm) -> bool {
    *norm == AnyNorm::Linf
}

/// Whether the budget is whole from the first step on, as in files before there was a choice.
#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
pub(super) fn at_once(warm_up: &f64) -> bool {
    *warm_up == 0.0
}

/// A row of the table of defences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DefenseInfo {
    /// The name used on the command line.
    pub name: &'static str,
    /// What a step is trained on.
    pub about: &'static str,
    /// What [`Recipe::hardened`](crate::Recipe::hardened) is worth at eps 0.3 on MNIST (docs/results/hardening.md).
    pub worth: &'static str,
    /// Where it comes from.
    pub paper: &'static str,
}

impl DefenseInfo {
    /// The row of a defence.
    pub(super) const fn of<D: Defense>() -> Self {
        Self { name: D::NAME, about: D::ABOUT, worth: D::WORTH, paper: D::PAPER }
    }
}

/// The part of a recipe that a defence brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Hyperparameters {
    /// Passes over the data.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Base learning rate, for Adam; with a one-cycle schedule its peak.
    pub lr: f64,
    /// The learning rate over time.
    pub schedule: AnySchedule,
    /// The average of the weights that is kept, if one is.
    pub ema: Option<Ema>,
    /// The share of each label that goes to all classes alike.
    pub label_smoothing: f64,
}

/// Those of a training on clean examples.
impl Default for Hyperparameters {
    fn default() -> Self {
        Self {
            epochs: 5,
            batch: 128,
            lr: 1e-3,
            schedule: AnySchedule::default(),
            ema: None,
            label_smoothing: 0.0,
        }
    }
}

impl Hyperparameters {
    /// Wong et al.'s for FGSM-RS: one cycle up to 5e-3 over 10 epochs.
    pub(super) fn one_cycle() -> Self {
        Self { epochs: 10, lr: 5e-3, schedule: Piecewise::default().into(), ..Self::default() }
    }
    /// For attacks of several steps: the same over 20 epochs of smaller batches, the average of the weights kept.
    pub(super) fn several_steps() -> Self {
        Self { epochs: 20, batch: 64, ema: Some(Ema::default()), ..Self::one_cycle() }
    }
}

/// The share of eps at the end of a step, `progress` in (0, 1]: grows linearly to 1 over the fraction `warm_up`, and is above 0 at the first step, so
/// that a training of one step is a defended one.
pub(super) fn ramp(progress: f64, warm_up: f64) -> f32 {
    if progress < warm_up { (progress / warm_up) as f32 } else { 1.0 }
}
