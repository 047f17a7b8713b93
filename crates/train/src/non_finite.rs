//! What becomes of a step whose loss or gradient is not finite.

use serde::{Deserialize, Serialize};
use sparring_math::named::{NamedError, Range};

/// The training ends with an error that says where the numbers stop being finite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fail {}

sparring_math::named! { Fail: "error", ["fail"], ""; }

/// The step is left out: weights, state of the rule and running statistics are as before it, its batch is passed over; so is one after which a weight is not finite. Each step costs two copies of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Skip {
    /// Steps in a row that may be left out; the next one is an error.
    pub most: usize,
}

impl Default for Skip {
    fn default() -> Self {
        Self { most: 10 }
    }
}

sparring_math::named! {
    Skip: "skip", [], "as PyTorch's GradScaler";
    most: Range::COUNT, "steps in a row that may be left out";
}

/// The training goes back to the beginning of the epoch and on from there, every learning rate multiplied by `factor` from then on; so it does where a weight is not finite after the last step of an epoch,
/// or its validation loss is not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RollBack {
    /// Factor of all rates after a roll-back, in (0, 1).
    pub factor: f64,
    /// Times it may happen; the next one is an error.
    pub times: usize,
}

impl Default for RollBack {
    fn default() -> Self {
        Self { factor: 0.5, times: 3 }
    }
}

sparring_math::named! {
    RollBack: "roll-back", ["rollback"], "";
    factor: Range::between(0.0, 1.0).in_f32(), "factor of all learning rates after a roll-back";
    times: Range::COUNT, "times it may happen in a training";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            let least = self.factor.powi(i32::try_from(self.times).unwrap_or(i32::MAX)) as f32;
            if least > 0.0 {
                return Ok(());
            }
            Err(NamedError::value(Self::NAME, "times", self.times, "such that factor^times is above 0 in f32"))
        }
    }
}

/// What becomes of a step whose loss or gradient is not finite, parsed from and printed as `name` or `name(key=value, ..)`.
///
/// ```
/// use sparring_train::{NonFinitePolicy, RollBack};
/// let policy: NonFinitePolicy = "roll-back(factor=0.1)".parse()?;
/// assert_eq!(policy, RollBack { factor: 0.1, ..RollBack::default() }.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[allow(missing_docs)] // the variants are the structs of the same names
#[non_exhaustive]
pub enum NonFinitePolicy {
    #[serde(rename = "error")]
    Fail(Fail),
    #[serde(rename = "skip")]
    Skip(Skip),
    #[serde(rename = "roll-back")]
    RollBack(RollBack),
}

sparring_math::family! { NonFinitePolicy: "policy"; Fail, Skip, RollBack }
sparring_math::text_or_fields!(NonFinitePolicy);

impl Default for NonFinitePolicy {
    fn default() -> Self {
        Self::Fail(Fail {})
    }
}

impl NonFinitePolicy {
    #[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_go_to_texts_and_files_and_back() {
        for text in ["error", "skip", "skip(most=3)", "roll-back", "roll-back(factor=0.1, times=2)"] {
            let policy: NonFinitePolicy = text.parse().unwrap();
            assert_eq!(policy.to_string(), text);
            let written = serde_json::to_string(&policy).unwrap();
            assert_eq!(serde_json::from_str::<NonFinitePolicy>(&written).unwrap(), policy, "{written}");
        }
        for (text, why) in [
            ("skip(most=0)", "skip.most is 0"),
            ("roll-back(factor=1)", "roll-back.factor is 1"),
            ("roll-back(factor=1e-20, times=3)", "above 0 in f32"),
            ("ignore", "no policy is called `ignore`"),
        ] {
            let told = text.parse::<NonFinitePolicy>().unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }
}
