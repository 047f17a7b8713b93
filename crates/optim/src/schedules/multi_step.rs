//! Steps down at given places.

use super::contract::NEAR;
use super::{Schedule, ScheduleInfo};
use sparring_math::named::{Named, NamedError, Range};
use std::fmt;
use std::str::FromStr;

/// Multiplies the rate by `gamma` at each place of `at`: factor `gamma^(places that lie behind)`.
///
/// PyTorch's `MultiStepLR(milestones, gamma)` with `at = milestones / all steps`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct MultiStep {
    /// Where the rate steps down.
    pub at: Milestones,
    /// Factor of each step, > 0.
    pub gamma: f64,
}

impl Default for MultiStep {
    fn default() -> Self {
        Self { at: Milestones(vec![0.5, 0.75]), gamma: 0.1 }
    }
}

sparring_math::named! {
    MultiStep: "multistep", [], "PyTorch, torch.optim.lr_scheduler.MultiStepLR";
    at: Range::Told("rising fractions of the training between 0 and 1, as in 0.5|0.75"), "where the rate steps down";
    gamma: Range::above(0.0).in_f32(), "factor of each step";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            self.at.check().map_err(|why| NamedError::Inner { thing: Self::NAME, parameter: "at", why })?;
            let last = self.factor(1.0) as f32;
            if last > 0.0 && last.is_finite() {
                return Ok(());
            }
            let must = "such that its power with as many as there are places is above 0 and finite in f32";
            Err(NamedError::value(Self::NAME, "gamma", self.gamma, must))
        }
    }
}

/// Rising fractions of the training, written `0.5|0.75`.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Milestones(pub Vec<f64>);

impl Milestones {
    fn check(&self) -> Result<(), String> {
        let inside = self.0.iter().all(|at| *at > 0.0 && *at < 1.0);
        if self.0.is_empty() || !inside || self.0.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(format!(
                "`{self}` are no rising fractions between 0 and 1; write them like 0.5|0.75"
            ));
        }
        Ok(())
    }
}

impl FromStr for Milestones {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let read = |at: &str| at.trim().parse().map_err(|_| format!("`{}` is no number", at.trim()));
        let this = Self(text.split('|').map(read).collect::<Result<_, _>>()?);
        this.check().map(|()| this)
    }
}

impl fmt::Display for Milestones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.iter().map(f64::to_string).collect::<Vec<_>>().join("|"))
    }
}

sparring_math::value_by_text!(Milestones);

impl MultiStep {
    /// Name and facts.
    pub const INFO: ScheduleInfo =
        ScheduleInfo { name: Self::NAME, about: "a tenth of the rate at each of some places" };
}

impl Schedule for MultiStep {
    fn factor(&self, t: f64) -> f64 {
        // As in `Step`: a stage begins on the step that was meant.
        let behind = self.at.0.iter().filter(|at| **at <= t + NEAR).count();
        self.gamma.powi(behind as i32)
    }
}
