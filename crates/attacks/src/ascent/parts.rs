//! Where a walk starts, how long its steps are, when it ends.

use crate::{AnyNorm, Threat};
use sparring_losses::AnyClassLoss;
use sparring_math::grammar::same;
use sparring_math::named::{Range, Value};
use sparring_oracle::Bounds;
use sparring_seed::Stream;

/// The length of a step. The default, `Auto`, is long enough to cross the ball and turn back, whatever the number of steps, the norm and
/// eps: all steps of a restart together are [`Norm::walk`](crate::Norm::walk) times eps long.
///
/// ```
/// use sparring_attacks::{AnyNorm::Linf, StepSize};
/// // 40 steps at eps 0.4: by the norm's rule, as a share of eps, and as a length.
/// let lengths = [StepSize::Auto, StepSize::Relative(0.25), StepSize::Absolute(0.01)].map(|s| s.at(Linf, 0.4, 40));
/// assert_eq!(lengths, [0.04, 0.1, 0.01]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StepSize {
    /// As [`Total`](Self::Total), with the factor of the norm: 4 in L∞, 7.5 in L2, as measured (docs/results/attacks.md).
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
}

impl std::fmt::Display for StepSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auto => {
                let factor = |n: &AnyNorm| format!("{n}:{}", n.get().walk());
                let all = AnyNorm::DENSE.iter().map(factor).collect::<Vec<_>>();
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

/// As text: `auto`, a length (`0.01`, `2/255`), `0.25*eps` or `eps/4`, `2.5*eps/steps`.
impl Value for StepSize {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let number = |text: &str| {
            let mut v = 0.0_f32;
            v.read(text).map(|()| v)
        };
        *self = if same(&text, "auto") {
            Self::Auto
        } else if let Some(total) = text.strip_suffix("*eps/steps") {
            Self::Total(number(total)?)
        } else if let Some(factor) = text.strip_suffix("*eps") {
            Self::Relative(number(factor)?)
        } else if let Some(divisor) = text.strip_prefix("eps/") {
            Self::Relative(1.0 / number(divisor)?)
        } else if text == "eps" {
            Self::Relative(1.0)
        } else {
            Self::Absolute(number(&text)?)
        };
        Ok(())
    }
    fn text(&self) -> String {
        match self {
            Self::Auto => "auto".into(),
            Self::Total(t) => format!("{}*eps/steps", t.text()),
            Self::Relative(r) => format!("{}*eps", r.text()),
            Self::Absolute(a) => a.text(),
        }
    }
    /// The number in it; for `auto` one that is allowed.
    fn number(&self) -> Option<f64> {
        match *self {
            Self::Auto => None,
            Self::Total(v) | Self::Relative(v) | Self::Absolute(v) => Some(f64::from(v)),
        }
    }
}

/// What a length may be.
pub(crate) const LENGTH: Range = Range::above(0.0);
/// What an attack may climb.
pub(crate) const LOSS: Range = Range::Words(AnyClassLoss::NAMES);

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

sparring_math::value_of_words!(Start { Clean = "clean", Random = "random" });

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

sparring_math::value_of_words!(Stop { WhenFooled = "when_fooled", Never = "never" });

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_sizes_are_lengths_shares_and_fractions() {
        for (text, size) in [
            ("auto", StepSize::Auto),
            ("0.01", StepSize::Absolute(0.01)),
            ("2/255", StepSize::Absolute(2.0 / 255.0)),
            ("eps / 4", StepSize::Relative(0.25)),
            ("1.25*eps", StepSize::Relative(1.25)),
            ("eps", StepSize::Relative(1.0)),
            ("2.5*eps/steps", StepSize::Total(2.5)),
        ] {
            let (mut read, mut again) = (StepSize::Auto, StepSize::Absolute(9.0));
            assert_eq!((read.read(text), read), (Ok(()), size), "{text}");
            assert_eq!((again.read(&size.text()), again), (Ok(()), size), "{}", size.text());
        }
        for text in ["", "x", "eps*", "*eps", "2eps", "eps/steps/2"] {
            assert!(StepSize::Auto.read(text).is_err(), "{text}");
        }
    }
}
