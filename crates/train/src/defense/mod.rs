//! Adversarial training: which examples a step is trained on.

mod choice;
mod n_fgsm;

use crate::TrainError;
pub use choice::DefenseField;
use n_fgsm::NFgsm;
use serde::{Deserialize, Serialize};
use sparring_attacks::{
    AnyAttack, AttackError, Chunk, Ffgsm, Goal, Pgd, StepSize, Stop, Threat, perturb_chunked_on,
};
use sparring_nn::Victim;
use sparring_oracle::Batch;
use sparring_seed::Key;

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
    /// One FGSM step of `step_size` from a noisy start; the result is not projected onto the ball (de Jorge et al. 2022, arXiv:2202.01181).
    NFgsm {
        /// Budget in L-inf.
        eps: f32,
        /// The noise is uniform in the ball of this many times eps; the paper's is 2.
        noise: f32,
        /// Length of the step; the paper's is eps.
        step_size: f32,
        /// Fraction of the training over which the budget (noise and step with it) grows from 0 to eps.
        warm_up: f64,
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

/// Name and facts of every defence.
pub const DEFENSES: &[DefenseInfo] = &[
    DefenseInfo { name: "none", about: "clean examples", worth: "0 %", paper: "-" },
    DefenseInfo {
        name: "fgsm-rs",
        about: "one step of 1.25 eps from a uniform start",
        worth: "cheap and a lottery: 2 to 34 % on mnist-10k, 1 to 80 % on mnist, seed by seed",
        paper: "Wong et al. 2020, arXiv:2001.03994",
    },
    DefenseInfo {
        name: "n-fgsm",
        about: "one step of eps from noise of 2 eps, not projected, eps growing over the first half",
        worth: "cheap, steady and weak: 22 to 28 % on mnist-10k, 38 to 44 % on mnist",
        paper: "de Jorge et al. 2022, arXiv:2202.01181",
    },
    DefenseInfo {
        name: "pgd",
        about: "7 steps of 2.5 eps / 7 from a uniform start, eps growing over the first 30 %",
        worth: "hardens every seed: 85 to 87 % on mnist-10k, 90 to 91 % on mnist",
        paper: "Madry et al. 2018, arXiv:1706.06083",
    },
];

/// The attack of one step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inner {
    Any(AnyAttack),
    NFgsm(NFgsm),
}

/// The share of eps at the end of a step, `progress` in (0, 1]: grows linearly to 1 over the fraction `warm_up`, and is above 0 at the first step, so
/// that a training of one step is a defended one.
fn ramp(progress: f64, warm_up: f64) -> f32 {
    if progress < warm_up { (progress / warm_up) as f32 } else { 1.0 }
}

/// The usual length of one of `steps` steps of PGD.
fn pgd_step(eps: f32, steps: usize) -> f32 {
    2.5 * eps / steps as f32
}

impl Defense {
    /// FGSM-RS with the paper's step.
    pub fn fgsm_rs(eps: f32) -> Self {
        Self::FgsmRs { eps, step_size: 1.25 * eps }
    }
    /// N-FGSM with the paper's noise and step, the budget growing over the first half of the training.
    pub fn n_fgsm(eps: f32) -> Self {
        Self::NFgsm { eps, noise: 2.0, step_size: eps, warm_up: 0.5 }
    }
    /// PGD with 7 steps of 2.5 eps / steps, the budget growing over the first 30 % of the training.
    pub fn pgd(eps: f32) -> Self {
        Self::Pgd { eps, steps: 7, step_size: pgd_step(eps, 7), warm_up: 0.3 }
    }
    /// The name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::FgsmRs { .. } => "fgsm-rs",
            Self::NFgsm { .. } => "n-fgsm",
            Self::Pgd { .. } => "pgd",
        }
    }
    /// The budget in L-inf; `None` for clean examples.
    pub fn eps(&self) -> Option<f32> {
        match *self {
            Self::None => None,
            Self::FgsmRs { eps, .. } | Self::NFgsm { eps, .. } | Self::Pgd { eps, .. } => Some(eps),
        }
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        let refuse = |field, value: String, must| Err(TrainError::Recipe { field, value, must });
        let positive = |v: f32| v.is_finite() && v > 0.0;
        if let Some(eps) = self.eps().filter(|&eps| !(positive(eps) && eps <= 1.0)) {
            return refuse("eps", eps.to_string(), "above 0 and at most 1: pixels lie in [0, 1]");
        }
        match *self {
            Self::FgsmRs { step_size, .. } | Self::NFgsm { step_size, .. } | Self::Pgd { step_size, .. }
                if !positive(step_size) =>
            {
                refuse("step_size", step_size.to_string(), "finite and above 0")
            }
            Self::NFgsm { noise, .. } if !(0.0..=10.0).contains(&noise) => {
                refuse("noise", noise.to_string(), "between 0 and 10 times eps")
            }
            Self::Pgd { steps: 0, .. } => refuse("steps", "0".into(), "at least 1"),
            Self::NFgsm { warm_up, .. } | Self::Pgd { warm_up, .. } if !(0.0..=1.0).contains(&warm_up) => {
                refuse("warm_up", warm_up.to_string(), "a fraction between 0 and 1")
            }
            _ => Ok(()),
        }
    }
    /// The attack of the step that ends at `progress` in (0, 1]; `None` for clean examples.
    pub(crate) fn attack(&self, progress: f64) -> Result<Option<(Inner, Threat)>, TrainError> {
        let (inner, eps) = match *self {
            Self::None => return Ok(None),
            Self::FgsmRs { eps, step_size } => {
                let attack = Ffgsm { step_size: StepSize::Absolute(step_size), ..Ffgsm::default() };
                (Inner::Any(attack.into()), eps)
            }
            Self::NFgsm { eps, noise, step_size, warm_up } => {
                let share = ramp(progress, warm_up);
                (Inner::NFgsm(NFgsm { noise, step_size: share * step_size }), share * eps)
            }
            Self::Pgd { eps, steps, step_size, warm_up } => {
                let share = ramp(progress, warm_up);
                // Training wants the worst point found, not the first that fools.
                let step_size = StepSize::Absolute(share * step_size);
                (
                    Inner::Any(Pgd { steps, step_size, stop: Stop::Never, ..Pgd::default() }.into()),
                    share * eps,
                )
            }
        };
        Ok(if eps > 0.0 { Some((inner, Threat::linf(eps)?)) } else { None })
    }
}

impl Inner {
    /// As [`perturb_chunked_on`].
    pub(crate) fn perturb(
        &self,
        victim: &Victim<'_>,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
        chunk: usize,
        threads: &dyn Fn(&mut [f32], usize, Chunk<'_>),
    ) -> Result<(), AttackError> {
        match self {
            Self::Any(attack) => {
                perturb_chunked_on(attack, victim, x, goal, threat, key, out, chunk, threads)
            }
            Self::NFgsm(attack) => {
                perturb_chunked_on(attack, victim, x, goal, threat, key, out, chunk, threads)
            }
        }
    }
}
