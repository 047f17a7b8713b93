//! How a GAN is trained, as data.

use crate::error::require_positive;
use crate::{NonFinitePolicy, TrainError};
use serde::{Deserialize, Deserializer, Serialize};
use sparring_nn::{Group, Method};
use sparring_optim::{Adam, AnyRule, AnySchedule, AnyTransform, Ema};

/// Generator steps for each step of the discriminator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GanSteps {
    /// One of each.
    #[default]
    Alternating,
    /// Two of the generator.
    TwiceGenerator,
}

impl GanSteps {
    pub(crate) fn generator(self) -> u64 {
        match self {
            Self::Alternating => 1,
            Self::TwiceGenerator => 2,
        }
    }
}

/// Everything but the networks and the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GanRecipe {
    /// Passes over the real data.
    pub epochs: usize,
    /// Real examples, and fakes, a step.
    pub batch: usize,
    /// Update rule of both networks; Adam with β₁ 0.5 as in DCGAN (Radford et al. 2015, arXiv:1511.06434). Files from when there was no other have `beta1` here, which is still read.
    #[serde(alias = "beta1", deserialize_with = "rule_or_beta1")]
    pub rule: AnyRule,
    /// Base learning rate of both networks.
    pub lr: f64,
    /// Update rule of the discriminator, where it has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d_rule: Option<AnyRule>,
    /// Base learning rate of the discriminator, where it has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d_lr: Option<f64>,
    /// The learning rates over time.
    pub schedule: AnySchedule,
    /// Transformations of the gradients of each network before its rule, in order.
    pub transforms: Vec<AnyTransform>,
    /// Parameters treated apart in both networks; kinds that no group names are as usual.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The generator that is kept, and that observers see, is this average of those of all steps; `None`: that of the last step. Fakes in training are the present generator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ema: Option<Ema>,
    /// Steps of the generator for each of the discriminator.
    pub steps: GanSteps,
    /// What becomes of a step of which a loss or gradient is not finite.
    #[serde(skip_serializing_if = "NonFinitePolicy::is_usual")]
    pub on_non_finite: NonFinitePolicy,
    /// Seed of shuffling and noise.
    pub seed: u64,
}

impl Default for GanRecipe {
    fn default() -> Self {
        Self {
            epochs: 30,
            batch: 128,
            rule: Adam::gan().into(),
            lr: 2e-4,
            d_rule: None,
            d_lr: None,
            schedule: AnySchedule::default(),
            transforms: Vec::new(),
            groups: Vec::new(),
            ema: None,
            steps: GanSteps::Alternating,
            on_non_finite: NonFinitePolicy::default(),
            seed: 1,
        }
    }
}

impl GanRecipe {
    /// What the steps depend on beside the loop's settings, in words: a saved training goes on only where they are the same.
    pub(crate) fn described(&self) -> String {
        let Self { rule, d_rule, d_lr, transforms, groups, ema, steps, .. } = self;
        let list = |all: Vec<String>| all.join(", ");
        format!(
            "rule {rule}, of the discriminator {} at {d_lr:?}, transformations [{}], groups [{}], average {ema:?}, {steps:?}",
            d_rule.map_or_else(|| "the same".to_string(), |rule| rule.to_string()),
            list(transforms.iter().map(ToString::to_string).collect()),
            list(groups.iter().map(ToString::to_string).collect()),
        )
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        let refuse = |field, value: String, must| Err(TrainError::Recipe { field, value, must });
        if self.epochs == 0 {
            return refuse("epochs", "0".into(), "at least 1");
        }
        if self.batch == 0 {
            return refuse("batch", "0".into(), "at least 1");
        }
        require_positive("lr", self.lr)?;
        self.d_lr.map_or(Ok(()), |lr| require_positive("d_lr", lr))?;
        self.methods().iter().try_for_each(Method::validate)?;
        self.schedule.validate()?;
        self.on_non_finite.validate()?;
        Ok(self.ema.as_ref().map_or(Ok(()), Ema::validate)?)
    }
    /// How generator and discriminator follow their gradients.
    pub(super) fn methods(&self) -> [Method; 2] {
        [self.rule, self.d_rule.unwrap_or(self.rule)].map(|rule| {
            let groups = Group::and_usual(&self.groups);
            Method { rule, transforms: self.transforms.clone(), groups }
        })
    }
    /// Learning rate of the discriminator over that of the generator.
    pub(super) fn d_factor(&self) -> f64 {
        self.d_lr.map_or(1.0, |lr| lr / self.lr)
    }
}

/// A rule, or the β₁ of Adam.
fn rule_or_beta1<'de, D: Deserializer<'de>>(d: D) -> Result<AnyRule, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Beta1(f64),
        Rule(AnyRule),
    }
    if !d.is_human_readable() {
        return Deserialize::deserialize(d);
    }
    Ok(match Written::deserialize(d)? {
        Written::Beta1(beta1) => Adam { beta1, ..Adam::default() }.into(),
        Written::Rule(rule) => rule,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_of_before_are_read() {
        let read = |text: &str| serde_json::from_str::<GanRecipe>(text);
        let before = r#"{"epochs":30,"batch":128,"lr":0.0002,"beta1":0.5,"steps":"alternating","seed":1}"#;
        assert_eq!(read(before).unwrap(), GanRecipe::default());
        let recipe = GanRecipe {
            d_rule: Some("sgd(momentum=0.9)".parse().unwrap()),
            d_lr: Some(1e-3),
            schedule: "cosine".parse().unwrap(),
            transforms: vec!["clip-norm".parse().unwrap()],
            groups: vec!["bias(lr=2)".parse().unwrap()],
            ema: Some(Ema::default()),
            ..GanRecipe::default()
        };
        assert_eq!(read(&serde_json::to_string(&recipe).unwrap()).unwrap(), recipe);
        assert_eq!(read(r#"{"rule": "lion", "lr": 0.1}"#).unwrap().rule.name(), "lion");
        assert!(read(r#"{"beta1": 0.5, "rule": "lion"}"#).is_err());
        assert!(read(r#"{"beta2": 0.5}"#).is_err());
    }
}
