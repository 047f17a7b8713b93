//! How AdvGAN is trained, as data.

use crate::described;
use crate::loop_settings::LoopSettings;
use crate::{NonFinitePolicy, TrainError};
use serde::{Deserialize, Serialize};
use sparring_attacks::{AnyNorm, Threat};
use sparring_losses::{AnyClassLoss, AnyGanLoss, Fooling, Lsgan, SizeHinge};
use sparring_math::named::Named as _;
use sparring_nn::{Group, Method};
use sparring_optim::{Adam, AnyRule, AnySchedule, AnyTransform, Cosine};

/// Everything but the networks, the target and the data. The generator minimises L_fooling + α L_GAN + β L_hinge, means over examples (equation 4 of the paper).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdvGanRecipe {
    /// Passes over the data.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Update rule of both networks.
    pub rule: AnyRule,
    /// Base learning rate of both.
    pub lr: f64,
    /// The learning rate over time.
    pub schedule: AnySchedule,
    /// Transformations of the gradients of each network before its rule, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transforms: Vec<AnyTransform>,
    /// Parameters treated apart in both networks; kinds that no group names are as usual.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// What is minimised so that the target is fooled.
    pub fooling: Fooling,
    /// The class that every example is to become; `None`: any but its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub towards: Option<usize>,
    /// The loss between generator and discriminator; least squares in the paper.
    pub loss: AnyGanLoss,
    /// α, its weight: how much a perturbed example should look like one that is not.
    pub alpha: f64,
    /// β, the weight of the hinge on ‖G(x)‖₂.
    pub beta: f64,
    /// c, the length from which that costs something, in units of the input; `None`: half of the length that the budget allows ([`bound_in`](Self::bound_in)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// What becomes of a step of which a loss or gradient is not finite.
    #[serde(skip_serializing_if = "NonFinitePolicy::is_usual")]
    pub on_non_finite: NonFinitePolicy,
    /// Seed of shuffling.
    pub seed: u64,
}

impl Default for AdvGanRecipe {
    /// Chosen on embedded digits (docs/results/gans.md): longer perturbations are cheaper to find and saturate the tanh, from where nothing leads back, so the weights of the hinge and of the discriminator are not small.
    fn default() -> Self {
        Self {
            epochs: 20,
            batch: 64,
            rule: Adam::gan().into(),
            lr: 2e-3,
            schedule: AnySchedule::Cosine(Cosine::default()),
            transforms: Vec::new(),
            groups: Vec::new(),
            fooling: Fooling { kappa: 5.0, ..Fooling::default() },
            towards: None,
            loss: AnyGanLoss::Lsgan(Lsgan::default()),
            alpha: 1.0,
            beta: 1.0,
            bound: None,
            on_non_finite: NonFinitePolicy::default(),
            seed: 1,
        }
    }
}

impl AdvGanRecipe {
    /// What the steps depend on beside the loop's settings, in words: a saved training goes on only where they are the same.
    pub(crate) fn described(&self) -> String {
        let Self { fooling, towards, loss, alpha, beta, bound, .. } = self;
        format!(
            "{}, {} of kappa {} towards {towards:?}, loss {loss} by {alpha}, hinge at {bound:?} by {beta}",
            described::method(&self.rule, &self.transforms, &self.groups),
            fooling.loss,
            fooling.kappa,
        )
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        self.settings().validate()?;
        let bound = self.bound.unwrap_or(0.0);
        for (field, value) in
            [("alpha", self.alpha), ("beta", self.beta), ("bound", bound), ("kappa", self.fooling.kappa)]
        {
            if !(0.0..=1e6).contains(&value) {
                let must = "at least 0 and at most a million";
                return Err(TrainError::Recipe { field, value: value.to_string(), must });
            }
        }
        if self.towards.is_none() && self.fooling.kappa == 0.0 && self.fooling.loss != AnyClassLoss::Margin {
            let must =
                "above 0 with a loss that is never below 0, away from the class: it would have no gradient";
            return Err(TrainError::Recipe { field: "kappa", value: "0".into(), must });
        }
        self.fooling.validate()?;
        self.loss.validate()?;
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
    /// The length of a perturbation of `dim` numbers that costs nothing: c, or half of the longest within the budget, eps √dim / 2 in linf and eps / 2 in l2.
    pub fn bound_in(&self, threat: &Threat, dim: usize) -> f64 {
        let longest = match threat.norm {
            AnyNorm::Linf => f64::from(threat.eps) * (dim as f64).sqrt(),
            _ => f64::from(threat.eps),
        };
        self.bound.unwrap_or(0.5 * longest)
    }
    /// The hinge on the length.
    pub(super) fn hinge(&self, threat: &Threat, dim: usize) -> SizeHinge {
        SizeHinge { bound: self.bound_in(threat, dim) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_go_to_files_and_senseless_numbers_are_named() {
        let recipe = AdvGanRecipe {
            towards: Some(3),
            bound: Some(2.0),
            fooling: Fooling { loss: "cross-entropy".parse().unwrap(), kappa: 1.0 },
            loss: "hinge".parse().unwrap(),
            ..AdvGanRecipe::default()
        };
        recipe.validate().unwrap();
        let written = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<AdvGanRecipe>(&written).unwrap(), recipe);
        let refused = |recipe: AdvGanRecipe| recipe.validate().unwrap_err().to_string();
        let nothing = Fooling { loss: AnyClassLoss::CrossEntropy, kappa: 0.0 };
        assert!(
            refused(AdvGanRecipe { fooling: nothing, towards: None, ..recipe.clone() })
                .starts_with("kappa is 0")
        );
        AdvGanRecipe { fooling: nothing, towards: Some(1), ..recipe.clone() }.validate().unwrap();
        assert!(refused(AdvGanRecipe { alpha: -1.0, ..recipe.clone() }).starts_with("alpha is -1"));
        assert!(
            refused(AdvGanRecipe { bound: Some(f64::NAN), ..recipe.clone() }).starts_with("bound is NaN")
        );
        let fooling = Fooling { kappa: f64::INFINITY, ..recipe.fooling };
        assert!(refused(AdvGanRecipe { fooling, ..recipe.clone() }).starts_with("kappa is inf"));
        assert!(refused(AdvGanRecipe { epochs: 0, ..recipe.clone() }).starts_with("epochs is 0"));
        let linf = Threat::linf(0.3).unwrap();
        assert_eq!(recipe.bound_in(&linf, 784), 2.0);
        let usual = AdvGanRecipe::default();
        assert!((usual.bound_in(&linf, 784) - 4.2).abs() < 1e-6);
        assert_eq!(usual.bound_in(&Threat::l2(3.0).unwrap(), 784), 1.5);
    }
}
