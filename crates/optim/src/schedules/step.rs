//! Steps down.

use super::Schedule;
use super::ScheduleInfo;
use super::contract::NEAR;
use sparring_math::named::{Named, NamedError, Range};

/// Multiplies the rate by `gamma` after every `every` of the training: factor `gamma^floor(t / every)`.
///
/// PyTorch's `StepLR(step_size, gamma)` with `every = step_size / all steps`. Default: a tenth after each third.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Step {
    /// Factor of each step, > 0.
    pub gamma: f64,
    /// Length of a stage as a fraction of the training, in (0, 1].
    pub every: f64,
}

impl Default for Step {
    fn default() -> Self {
        Self { gamma: 0.1, every: 1.0 / 3.0 }
    }
}

sparring_math::named! {
    Step: "step", [], "PyTorch, torch.optim.lr_scheduler.StepLR";
    gamma: Range::above(0.0), "factor of each step";
    every: Range::above_to(0.0, 1.0), "length of a stage as a fraction of the training";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            let last = self.factor(1.0) as f32;
            if last > 0.0 && last.is_finite() {
                return Ok(());
            }
            let must = "such that the last factor, gamma^floor(1 / every), is above 0 and finite in f32";
            Err(NamedError::value(Self::NAME, "gamma", self.gamma, must))
        }
    }
}

impl Step {
    /// Name and facts.
    pub const INFO: ScheduleInfo =
        ScheduleInfo { name: Self::NAME, about: "a tenth of the rate after each third of the training" };

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`NamedError::Value`] names the first that is out of its range.
    pub fn validate(&self) -> Result<(), NamedError> {
        Named::validate(self)
    }
}

impl Schedule for Step {
    fn factor(&self, t: f64) -> f64 {
        // 0.3 / 0.1 is just below 3: a stage begins on the step that was meant.
        self.gamma.powf((t.clamp(0.0, 1.0) / self.every + NEAR).floor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_begin_on_the_step_that_was_meant() {
        for steps in [10u64, 30, 100, 470, 1000, 4690] {
            let schedule = Step { gamma: 0.5, every: 0.1 };
            for step in 1..=steps {
                let stage = (step - 1) * 10 / steps;
                assert_eq!(
                    schedule.lr(1.0, step, steps),
                    0.5f64.powi(stage as i32),
                    "step {step} of {steps}"
                );
            }
        }
    }

    #[test]
    fn wrong_parameters_are_named() {
        for every in [0.0, -0.1, 1.1, f64::NAN] {
            let e = Step { every, ..Step::default() }.validate().unwrap_err();
            assert!(e.to_string().starts_with("step.every"));
        }
        assert!(
            Step { gamma: 0.0, ..Step::default() }
                .validate()
                .unwrap_err()
                .to_string()
                .starts_with("step.gamma")
        );
        for gamma in [1e-300, 1e300, 1e39, 1e-46, 1e-16, 1e13] {
            let e = Step { gamma, ..Step::default() }.validate().unwrap_err().to_string();
            assert!(e.contains("the last factor"), "{e}");
        }
        assert!(Step { gamma: 0.9, every: 1e-5 }.validate().is_err(), "0.9^100000 is 0");
        assert!(Step::default().validate().is_ok());
    }
}
