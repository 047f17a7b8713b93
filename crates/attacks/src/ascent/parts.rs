//! Where a walk starts, how long its steps are, when it ends.

use crate::{AttackError, Threat};
use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// The length of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum StepSize {
    /// This many times eps.
    Relative(f32),
    /// This much, in units of the input.
    Absolute(f32),
}

impl StepSize {
    /// The length at this `eps`.
    pub fn at(self, eps: f32) -> f32 {
        match self {
            Self::Relative(r) => r * eps,
            Self::Absolute(a) => a,
        }
    }
    pub(crate) fn validate(self, of: &'static str) -> Result<(), AttackError> {
        let (Self::Relative(v) | Self::Absolute(v)) = self;
        positive(of, "step_size", v)
    }
}

impl std::fmt::Display for StepSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
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
