//! How a variational autoencoder is trained, as data.

use crate::described;
use crate::loop_settings::LoopSettings;
use crate::{NonFinitePolicy, TrainError};
use serde::{Deserialize, Serialize};
use sparring_nn::{Group, Method};
use sparring_optim::{AnyRule, AnySchedule, AnyTransform};

/// Everything but the networks and the data; the default is that of PyTorch's example (github.com/pytorch/examples, `vae`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VaeRecipe {
    /// Passes over the data.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Update rule of both networks.
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
    /// Factor of the divergence (Higgins et al. 2017); 1: the evidence lower bound.
    pub beta: f64,
    /// Fraction of the training over which the factor grows from 0 to beta (Bowman et al. 2016, arXiv:1511.06349).
    pub warm_up: f64,
    /// Nats of each number of the code that cost nothing, by its mean over the batch (Kingma et al. 2016, arXiv:1606.04934).
    pub free_bits: f64,
    /// What becomes of a step of which a loss or gradient is not finite.
    #[serde(skip_serializing_if = "NonFinitePolicy::is_usual")]
    pub on_non_finite: NonFinitePolicy,
    /// Seed of shuffling and noise.
    pub seed: u64,
}

impl Default for VaeRecipe {
    fn default() -> Self {
        Self {
            epochs: 10,
            batch: 128,
            rule: AnyRule::default(),
            lr: 1e-3,
            schedule: AnySchedule::default(),
            transforms: Vec::new(),
            groups: Vec::new(),
            beta: 1.0,
            warm_up: 0.0,
            free_bits: 0.0,
            on_non_finite: NonFinitePolicy::default(),
            seed: 1,
        }
    }
}

impl VaeRecipe {
    /// What the steps depend on beside the loop's settings, in words: a saved training goes on only where they are the same.
    pub(crate) fn described(&self) -> String {
        let Self { beta, warm_up, free_bits, .. } = self;
        format!(
            "{}, beta {beta}, warm-up {warm_up}, free bits {free_bits}",
            described::method(&self.rule, &self.transforms, &self.groups),
        )
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        self.settings().validate()?;
        for (field, value, most) in
            [("beta", self.beta, 1e6), ("warm_up", self.warm_up, 1.0), ("free_bits", self.free_bits, 1e6)]
        {
            if !(0.0..=most).contains(&value) {
                let must = if most == 1.0 { "in [0, 1]" } else { "at least 0 and at most a million" };
                return Err(TrainError::Recipe { field, value: value.to_string(), must });
            }
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
    /// Beta of the step that ends at `progress` of the training, in (0, 1].
    pub(super) fn beta_at(&self, progress: f64) -> f64 {
        if progress < self.warm_up { self.beta * progress / self.warm_up } else { self.beta }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_go_to_files_and_senseless_numbers_are_named() {
        let recipe = VaeRecipe { beta: 4.0, warm_up: 0.5, free_bits: 0.1, ..VaeRecipe::default() };
        let written = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<VaeRecipe>(&written).unwrap(), recipe);
        assert_eq!([0.125, 0.25, 0.5, 1.0].map(|at| recipe.beta_at(at)), [1.0, 2.0, 4.0, 4.0]);
        assert_eq!(VaeRecipe::default().beta_at(1e-9), 1.0);
        let refused = |recipe: VaeRecipe| recipe.validate().unwrap_err().to_string();
        assert!(refused(VaeRecipe { warm_up: 1.5, ..recipe.clone() }).starts_with("warm_up is 1.5"));
        assert!(refused(VaeRecipe { beta: f64::NAN, ..recipe.clone() }).starts_with("beta is NaN"));
        assert!(refused(VaeRecipe { batch: 0, ..recipe }).starts_with("batch is 0"));
    }
}
