//! How an autoencoder with a codebook is trained, as data.

use crate::described;
use crate::loop_settings::LoopSettings;
use crate::{NonFinitePolicy, TrainError};
use serde::{Deserialize, Serialize};
use sparring_nn::{Group, Method};
use sparring_optim::{AnyRule, AnySchedule, AnyTransform};

/// Everything but the networks and the data; commitment and decay are the paper's (section 3.2 and appendix A.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VqVaeRecipe {
    /// Passes over the data.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Update rule of encoder and decoder.
    pub rule: AnyRule,
    /// Base learning rate; with a one-cycle schedule its peak.
    pub lr: f64,
    /// The learning rate over time.
    pub schedule: AnySchedule,
    /// Transformations of the gradients of each network before its rule, in order.
    pub transforms: Vec<AnyTransform>,
    /// Parameters treated apart in both networks; kinds that no group names are as usual.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Factor of what holds encodings near their vectors.
    pub commitment: f64,
    /// What a step keeps of the averages that the codebook is made of.
    pub decay: f64,
    /// Entries chosen less often than this share of an even use, averaged, are put at an encoding of the batch; 0: never (Dhariwal et al. 2020, arXiv:2005.00341, section 3.1).
    pub restart: f64,
    /// What becomes of a step of which a loss or gradient is not finite.
    #[serde(skip_serializing_if = "NonFinitePolicy::is_usual")]
    pub on_non_finite: NonFinitePolicy,
    /// Seed of shuffling and restarts.
    pub seed: u64,
}

impl Default for VqVaeRecipe {
    fn default() -> Self {
        Self {
            epochs: 10,
            batch: 128,
            rule: AnyRule::default(),
            lr: 1e-3,
            schedule: AnySchedule::default(),
            transforms: Vec::new(),
            groups: Vec::new(),
            commitment: 0.25,
            decay: 0.99,
            restart: 0.03,
            on_non_finite: NonFinitePolicy::default(),
            seed: 1,
        }
    }
}

impl VqVaeRecipe {
    /// What the steps depend on beside the loop's settings, in words: a saved training goes on only where they are the same.
    pub(crate) fn described(&self) -> String {
        let Self { commitment, decay, restart, .. } = self;
        format!(
            "{}, commitment {commitment}, decay {decay}, restart {restart}",
            described::method(&self.rule, &self.transforms, &self.groups),
        )
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        self.settings().validate()?;
        let refused =
            |field, value: f64, must| Err(TrainError::Recipe { field, value: value.to_string(), must });
        if !(0.0..=1e6).contains(&self.commitment) {
            return refused("commitment", self.commitment, "at least 0 and at most a million");
        }
        if !(0.0..1.0).contains(&self.decay) {
            return refused("decay", self.decay, "in [0, 1)");
        }
        if !(0.0..1.0).contains(&self.restart) {
            return refused("restart", self.restart, "in [0, 1)");
        }
        Ok(self.method().validate()?)
    }
    /// What of it is the loop's.
    pub(super) fn settings(&self) -> LoopSettings {
        let Self { epochs, batch, lr, seed, on_non_finite, .. } = *self;
        let schedule = self.schedule.clone();
        LoopSettings { epochs, batch, lr, schedule, seed, on_non_finite, ..LoopSettings::default() }
    }
    /// How both networks follow their gradients.
    pub(super) fn method(&self) -> Method {
        let groups = Group::and_usual(&self.groups);
        Method { rule: self.rule, transforms: self.transforms.clone(), groups }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_go_to_files_and_senseless_numbers_are_named() {
        let recipe = VqVaeRecipe { commitment: 1.0, decay: 0.9, ..VqVaeRecipe::default() };
        let written = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<VqVaeRecipe>(&written).unwrap(), recipe);
        let refused = |recipe: VqVaeRecipe| recipe.validate().unwrap_err().to_string();
        assert!(refused(VqVaeRecipe { decay: 1.0, ..recipe.clone() }).starts_with("decay is 1,"));
        assert!(refused(VqVaeRecipe { restart: f64::NAN, ..recipe.clone() }).starts_with("restart is NaN"));
        assert!(refused(VqVaeRecipe { epochs: 0, ..recipe }).starts_with("epochs is 0"));
    }
}
