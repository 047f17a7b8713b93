//! How a GAN is trained, as data.

use crate::described;
use crate::error::require_positive;
use crate::loop_settings::LoopSettings;
use crate::{NonFinitePolicy, TrainError};
use serde::{Deserialize, Deserializer, Serialize};
use sparring_losses::{AnyGanLoss, AnyGradientPenalty, NonSaturating, R1, R2, Relativistic};
use sparring_models::GanSpec;
use sparring_nn::{Group, Method};
use sparring_optim::{Adam, AnyRule, AnySchedule, AnyTransform, Cosine, Ema};

/// Generator steps for each step of the discriminator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GanSteps {
    /// One of each.
    #[default]
    Alternating,
    /// Two of the generator.
    TwiceGenerator,
    /// One of each, both from the networks as they were before.
    Simultaneous,
}

impl GanSteps {
    pub(crate) fn generator(self) -> u64 {
        match self {
            Self::Alternating | Self::Simultaneous => 1,
            Self::TwiceGenerator => 2,
        }
    }
}

fn is_one(n: &u64) -> bool {
    *n == 1
}

fn is_zero(x: &f64) -> bool {
    *x == 0.0
}

fn is_whole(x: &f64) -> bool {
    *x == 1.0
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
    /// Those of the discriminator, behind those of both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub d_transforms: Vec<AnyTransform>,
    /// Parameters treated apart in both networks; kinds that no group names are as usual.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The generator that is kept, and that observers see, is this average of those of all steps; `None`: that of the last step. Fakes in training are the present generator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ema: Option<Ema>,
    /// Steps of the generator for each of the discriminator, or each [`critic_steps`](Self::critic_steps) of it.
    pub steps: GanSteps,
    /// Steps of the discriminator, each on other real examples, for each turn of the generator.
    #[serde(skip_serializing_if = "is_one")]
    pub critic_steps: u64,
    /// What both networks are trained on: non-saturating (Goodfellow et al. 2014, arXiv:1406.2661).
    pub loss: AnyGanLoss,
    /// Penalties on the discriminator's gradient with respect to what it sees, added to its loss.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub penalties: Vec<AnyGradientPenalty>,
    /// The penalties are taken at each so many of the discriminator's steps, and count as many times then ("lazy", Karras et al. 2020, arXiv:1912.04958).
    #[serde(skip_serializing_if = "is_one")]
    pub penalty_every: u64,
    /// Standard deviation of the noise on all that the discriminator sees, at the first step; it falls to 0 at the last (Arjovsky and Bottou 2017, arXiv:1701.04862).
    #[serde(skip_serializing_if = "is_zero")]
    pub instance_noise: f64,
    /// Weight of the classes' cross-entropy beside the loss, for discriminators that name them ([`Conditioning::Auxiliary`](sparring_models::Conditioning::Auxiliary)).
    #[serde(skip_serializing_if = "is_whole")]
    pub class_weight: f64,
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
            d_transforms: Vec::new(),
            groups: Vec::new(),
            ema: None,
            steps: GanSteps::Alternating,
            critic_steps: 1,
            loss: AnyGanLoss::NonSaturating(NonSaturating::default()),
            penalties: Vec::new(),
            penalty_every: 1,
            instance_noise: 0.0,
            class_weight: 1.0,
            on_non_finite: NonFinitePolicy::default(),
            seed: 1,
        }
    }
}

impl GanRecipe {
    /// For images of digits and their like, with a convolutional GAN whose discriminator has no batch statistics: chosen by the Frechet distance to images held out (docs/results/gans.md).
    pub fn for_images() -> Self {
        Self {
            batch: 64,
            lr: 1e-3,
            schedule: AnySchedule::Cosine(Cosine::default()),
            penalties: vec![AnyGradientPenalty::R1(R1 { gamma: 0.2 })],
            penalty_every: 4,
            ema: Some(Ema { half_life: 0.05 }),
            ..Self::default()
        }
    }
    /// For clouds of points (ring-8, grid-25): pairs with penalties at both ends, R3GAN's loss, and a rate that falls to 0, which keeps every mode (docs/results/gans.md).
    pub fn for_points() -> Self {
        Self {
            epochs: 60,
            batch: 256,
            lr: 1e-3,
            schedule: AnySchedule::Cosine(Cosine::default()),
            loss: AnyGanLoss::Relativistic(Relativistic),
            penalties: vec![
                AnyGradientPenalty::R1(R1 { gamma: 1e-3 }),
                AnyGradientPenalty::R2(R2 { gamma: 1e-3 }),
            ],
            ema: Some(Ema { half_life: 0.05 }),
            ..Self::default()
        }
    }
    /// What the steps depend on beside the loop's settings, in words: a saved training goes on only where they are the same.
    pub(crate) fn described(&self) -> String {
        let Self { rule, d_rule, d_lr, transforms, groups, ema, steps, .. } = self;
        let mut text = format!(
            "rule {rule}, of the discriminator {} at {d_lr:?}, transformations [{}], groups [{}], average {ema:?}, {steps:?}",
            d_rule.map_or_else(|| "the same".to_string(), |rule| rule.to_string()),
            described::list(transforms),
            described::list(groups),
        );
        // Trainings saved before there was a choice stay what they were.
        let usual = Self::default();
        let mut add = |differs: bool, what: String| {
            if differs {
                text.push_str(&what);
            }
        };
        add(self.critic_steps != 1, format!(", {} steps of the discriminator", self.critic_steps));
        add(self.loss != usual.loss, format!(", loss {}", self.loss));
        add(
            !self.penalties.is_empty(),
            format!(", penalties [{}] each {}", described::list(&self.penalties), self.penalty_every),
        );
        add(
            !self.d_transforms.is_empty(),
            format!(", the discriminator's [{}]", described::list(&self.d_transforms)),
        );
        add(self.instance_noise != 0.0, format!(", noise {}", self.instance_noise));
        add(self.class_weight != 1.0, format!(", classes {}", self.class_weight));
        text
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        let refuse = |field, value: String, must| Err(TrainError::Recipe { field, value, must });
        self.settings().validate()?;
        for (field, value) in [("critic_steps", self.critic_steps), ("penalty_every", self.penalty_every)] {
            if !(1..=1000).contains(&value) {
                return refuse(field, value.to_string(), "a whole number from 1 to 1000");
            }
        }
        if self.critic_steps > 1 && self.steps == GanSteps::Simultaneous {
            return refuse(
                "critic_steps",
                self.critic_steps.to_string(),
                "1 where both networks step simultaneously",
            );
        }
        for (field, value) in [("instance_noise", self.instance_noise), ("class_weight", self.class_weight)] {
            if !(0.0..=1000.0).contains(&value) {
                return refuse(field, value.to_string(), "at least 0 and at most 1000");
            }
        }
        self.loss.validate()?;
        self.penalties.iter().try_for_each(AnyGradientPenalty::validate)?;
        self.d_lr.map_or(Ok(()), |lr| require_positive("d_lr", lr))?;
        self.methods().iter().try_for_each(Method::validate)?;
        Ok(self.ema.as_ref().map_or(Ok(()), Ema::validate)?)
    }
    /// The networks can be trained by it.
    ///
    /// # Errors
    /// [`TrainError::Recipe`] for a penalty beside a discriminator with a layer that takes statistics over a batch.
    pub fn fits(&self, networks: &GanSpec) -> Result<(), TrainError> {
        let (Some(node), Some(penalty)) = (networks.batch_statistics(), self.penalties.first()) else {
            return Ok(());
        };
        Err(TrainError::Recipe {
            field: "penalty",
            value: format!(
                "{penalty} beside layer {} ({}) of the discriminator",
                node.name,
                node.layer.kind()
            ),
            must: "left out where a layer takes statistics over a batch: a penalty needs the gradient of one example's logit by that example alone; leave the normalisation out (discriminator_norm=none), or the penalty",
        })
    }
    /// What of it is the loop's.
    pub(super) fn settings(&self) -> LoopSettings {
        let Self { epochs, batch, lr, seed, on_non_finite, .. } = *self;
        let schedule = self.schedule.clone();
        LoopSettings { epochs, batch, lr, schedule, seed, on_non_finite, ..LoopSettings::default() }
    }
    /// How generator and discriminator follow their gradients.
    pub(super) fn methods(&self) -> [Method; 2] {
        [(self.rule, &[][..]), (self.d_rule.unwrap_or(self.rule), &self.d_transforms)].map(|(rule, own)| {
            let groups = Group::and_usual(&self.groups);
            Method { rule, transforms: [&self.transforms, own].concat(), groups }
        })
    }
    /// Whether the discriminator's logits are log-odds, so that σ of them are probabilities.
    pub(super) fn has_odds(&self) -> bool {
        matches!(self.loss, AnyGanLoss::NonSaturating(_) | AnyGanLoss::Minimax(_))
    }
    /// Steps of the generator in so many of the discriminator.
    pub(super) fn generator_steps(&self, steps: u64) -> u64 {
        (steps / self.critic_steps).saturating_mul(self.steps.generator())
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
            loss: "hinge".parse().unwrap(),
            penalties: vec!["r1(gamma=0.1)".parse().unwrap()],
            penalty_every: 4,
            critic_steps: 2,
            d_transforms: vec!["clip-weights".parse().unwrap()],
            ..GanRecipe::default()
        };
        recipe.validate().unwrap();
        let bad = GanRecipe { critic_steps: 2, steps: GanSteps::Simultaneous, ..GanRecipe::default() };
        assert!(bad.validate().unwrap_err().to_string().starts_with("critic_steps is 2"));
        assert_eq!(read(&serde_json::to_string(&recipe).unwrap()).unwrap(), recipe);
        assert_eq!(read(r#"{"rule": "lion", "lr": 0.1}"#).unwrap().rule.name(), "lion");
        assert!(read(r#"{"beta1": 0.5, "rule": "lion"}"#).is_err());
        assert!(read(r#"{"beta2": 0.5}"#).is_err());
    }
}
