//! Where a walk starts, how long its steps are, when it ends.

use crate::{AnyNorm, AttackError, Threat};
use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// The length of a step. The default, `Auto`, is long enough to cross the ball and turn back, whatever the number of steps, the norm and
/// eps: all steps of a restart together are [`Norm::walk`](crate::Norm::walk) times eps long.
///
/// ```
/// use sparring_attacks::{AnyNorm::Linf, StepSize};
/// // 40 steps at eps 0.4: by the norm's rule, as a share of eps, and as a length.
/// let lengths = [StepSize::Auto, StepSize::Relative(0.25), StepSize::Absolute(0.01)].map(|s| s.at(Linf, 0.4, 40));
/// assert_eq!(lengths, [0.025, 0.1, 0.01]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StepSize {
    /// As [`Total`](Self::Total), with the factor of the norm: 2.5 in L∞ (the rule of Madry et al. 2018, arXiv:1706.06083), 5 in L2.
    #[default]
    Auto,
    /// All steps of a restart together are this many times eps long: a step is this times eps over the number of steps.
    Total(f32),
    /// This many times eps.
    Relative(f32),
    /// This much, in units of the input.
    Absolute(f32),
}

impl StepSize {
    /// The length of one of `steps` steps in this norm and at this `eps`, in units of the input.
    pub fn at(self, norm: AnyNorm, eps: f32, steps: usize) -> f32 {
        let share = |total: f32| total * eps / steps.max(1) as f32;
        match self {
            Self::Auto => share(norm.get().walk()),
            Self::Total(t) => share(t),
            Self::Relative(r) => r * eps,
            Self::Absolute(a) => a,
        }
    }
    pub(crate) fn validate(self, of: &'static str) -> Result<(), AttackError> {
        match self {
            Self::Auto => Ok(()),
            Self::Total(v) | Self::Relative(v) | Self::Absolute(v) => positive(of, "step_size", v),
        }
    }
}

impl std::fmt::Display for StepSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auto => {
                let factor = |n: &AnyNorm| format!("{n}:{}", n.get().walk());
                let all = AnyNorm::ALL.iter().map(factor).collect::<Vec<_>>();
                write!(f, "({})*eps/steps", all.join(","))
            }
            Self::Total(t) => write!(f, "{t}*eps/steps"),
            // eps/30 reads better than eps*0.033333335.
            Self::Relative(r) if *r < 1.0 && (1.0 / r - (1.0 / r).round()).abs() < 1e-5 => {
                write!(f, "eps/{}", (1.0 / r).round())
            }
            Self::Relative(r) => write!(f, "{r}*eps"),
            Self::Absolute(a) => write!(f, "{a}"),
        }
    }
}

/// Where a walk starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Start {
    /// At the example itself.
    Clean,
    /// At a uniform point of the ball, cut to the box.
    Random,
}

impl std::fmt::Display for Start {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Clean => "clean",
            Self::Random => "random",
        })
    }
}

/// When an example is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Stop {
    /// As soon as the goal is reached: evaluation. The rest of the batch goes on without it.
    WhenFooled,
    /// After all steps: training.
    Never,
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::WhenFooled => "when_fooled",
            Self::Never => "never",
        })
    }
}

/// All the places where a walk of ours starts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin<'a> {
    Start(Start),
    /// Uniform in the ball, box or not: where FGSM-RS takes its gradient. Cut to the box, every dark pixel would start
    /// at or above its clean value, and training on that start overfits to it (0 % under PGD, measured).
    Uncut,
    /// `radius · steepest(z)`, z normal: a random corner of a smaller ball (R+FGSM).
    Corner(f32),
    /// These points, row by row of the batch.
    Given(&'a [f32]),
}

impl Origin<'_> {
    /// Writes the start of example `row`.
    pub(crate) fn place(
        &self,
        threat: &Threat,
        bounds: Bounds,
        mut rng: Stream,
        row: usize,
        x: &[f32],
        scratch: &mut [f32],
        adv: &mut [f32],
    ) {
        let norm = threat.norm.get();
        match *self {
            Self::Start(Start::Clean) => {
                adv.copy_from_slice(x);
                return;
            }
            Self::Start(Start::Random) | Self::Uncut => norm.uniform(&mut rng, threat.eps, adv),
            Self::Corner(radius) => {
                scratch.fill_with(|| rng.normal() as f32);
                norm.steepest(scratch, adv);
                adv.iter_mut().for_each(|a| *a *= radius);
            }
            Self::Given(start) => {
                adv.copy_from_slice(&start[row * x.len()..(row + 1) * x.len()]);
                threat.confine(x, bounds, adv);
                return;
            }
        }
        for (a, x) in adv.iter_mut().zip(x) {
            *a += x;
        }
        if !matches!(self, Self::Uncut) {
            threat.confine(x, bounds, adv);
        }
    }
}

fn positive(of: &'static str, parameter: &'static str, v: f32) -> Result<(), AttackError> {
    if v.is_finite() && v > 0.0 {
        return Ok(());
    }
    Err(AttackError::Parameter { of, parameter, value: v.to_string(), need: "finite and above 0" })
}

pub(crate) fn at_least_one(of: &'static str, parameter: &'static str, v: usize) -> Result<(), AttackError> {
    if v > 0 {
        return Ok(());
    }
    Err(AttackError::Parameter { of, parameter, value: v.to_string(), need: "at least 1" })
}
