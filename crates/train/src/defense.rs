//! Adversarial training: which examples a step is trained on.

use crate::TrainError;
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyAttack, Ffgsm, Pgd, StepSize, Stop, Threat};

/// The inner attack of min_θ E max_{‖δ‖∞ ≤ eps} loss(f(x + δ), y).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "method")]
#[non_exhaustive]
pub enum Defense {
    /// Clean examples.
    #[default]
    None,
    /// One FGSM step of `step_size` from a uniform start (Wong, Rice, Kolter 2020, arXiv:2001.03994).
    FgsmRs {
        /// Budget in L-inf.
        eps: f32,
        /// Length of the step; the paper's is 1.25 eps.
        step_size: f32,
    },
    /// PGD from a uniform start (Madry et al. 2018, arXiv:1706.06083).
    Pgd {
        /// Budget in L-inf.
        eps: f32,
        /// Attack steps.
        steps: usize,
        /// Length of a step.
        step_size: f32,
        /// Fraction of the training over which the budget (and the step with it) grows from 0 to eps.
        warm_up: f64,
    },
}

impl Defense {
    /// FGSM-RS with the paper's step.
    pub fn fgsm_rs(eps: f32) -> Self {
        Self::FgsmRs { eps, step_size: 1.25 * eps }
    }
    /// PGD with 7 steps of 2.5 eps / steps, the budget growing over the first 30 % of the training.
    pub fn pgd(eps: f32) -> Self {
        Self::Pgd { eps, steps: 7, step_size: 2.5 * eps / 7.0, warm_up: 0.3 }
    }
    /// The name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::FgsmRs { .. } => "fgsm-rs",
            Self::Pgd { .. } => "pgd",
        }
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        let refuse = |field, value: String, must| Err(TrainError::Recipe { field, value, must });
        let positive = |v: f32| v.is_finite() && v > 0.0;
        match *self {
            Self::None => Ok(()),
            Self::FgsmRs { eps, .. } | Self::Pgd { eps, .. } if !(positive(eps) && eps <= 1.0) => {
                refuse("eps", eps.to_string(), "above 0 and at most 1: pixels lie in [0, 1]")
            }
            Self::FgsmRs { step_size, .. } | Self::Pgd { step_size, .. } if !positive(step_size) => {
                refuse("attack-step-size", step_size.to_string(), "finite and above 0")
            }
            Self::Pgd { steps: 0, .. } => refuse("attack-steps", "0".into(), "at least 1"),
            Self::Pgd { warm_up, .. } if !(0.0..=1.0).contains(&warm_up) => {
                refuse("eps warm-up", warm_up.to_string(), "a fraction between 0 and 1")
            }
            Self::FgsmRs { .. } | Self::Pgd { .. } => Ok(()),
        }
    }
    /// The attack of a step at `progress` in [0, 1); `None` for clean examples.
    pub(crate) fn attack(&self, progress: f64) -> Result<Option<(AnyAttack, Threat)>, TrainError> {
        match *self {
            Self::None => Ok(None),
            Self::FgsmRs { eps, step_size } => {
                let attack = Ffgsm { step_size: StepSize::Absolute(step_size), ..Ffgsm::default() };
                Ok(Some((attack.into(), Threat::linf(eps)?)))
            }
            Self::Pgd { eps, steps, step_size, warm_up } => {
                let grown = if progress < warm_up { (progress / warm_up) as f32 } else { 1.0 };
                if grown * eps <= 0.0 {
                    return Ok(None);
                }
                // Training wants the worst point found, not the first that fools.
                let step_size = StepSize::Absolute(grown * step_size);
                let attack = Pgd { steps, step_size, stop: Stop::Never, ..Pgd::default() };
                Ok(Some((attack.into(), Threat::linf(grown * eps)?)))
            }
        }
    }
}
