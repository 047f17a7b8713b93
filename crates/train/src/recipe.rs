//! How a network is trained, as data.

use crate::described;
use crate::{
    AnyDefense, AnyDisplacement, AnyVariant, Hyperparameters, LoopSettings, NonFinitePolicy, Selection,
    TrainError,
};
use serde::{Deserialize, Serialize};
use sparring_datasets::Last;
use sparring_datasets::augment::{AnyAugmentation, check_chain};
use sparring_nn::{Group, Method};
use sparring_optim::{AnyAverage, AnyRule, AnySchedule, AnyTransform};
use sparring_tensor::Precision;

mod average;
mod chain_of_texts;

/// Everything but the network and the data. The same recipe, network and data give the same bits on one instruction set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// Passes over the data.
    pub epochs: usize,
    /// Examples that pass the network at once: a step's, or with [`accumulate`](Self::accumulate) those of a micro-batch.
    pub batch: usize,
    /// Micro-batches of a step, whose gradients are added up: to rounding a step of so many times as many examples, in the memory of one. Batch normalisation sees each micro-batch by itself.
    #[serde(skip_serializing_if = "is_one")]
    pub accumulate: usize,
    /// What is done to training images, in order, anew in each epoch.
    #[serde(with = "chain_of_texts", skip_serializing_if = "Vec::is_empty")]
    pub augment: Vec<AnyAugmentation>,
    /// Update rule.
    pub rule: AnyRule,
    /// Base learning rate; with a one-cycle schedule its peak.
    pub lr: f64,
    /// The learning rate over time.
    pub schedule: AnySchedule,
    /// Transformations of the gradients before the rule, in order. Files before there was a chain have `clip` here, which is still read.
    #[serde(alias = "clip", deserialize_with = "chain::deserialize")]
    pub transforms: Vec<AnyTransform>,
    /// Parameters treated apart, as in `activation(lr=0.1)`; kinds that no group names are as usual: biases and parameters of normalisations and activations are not decayed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The weights that are kept, and that observers see, are this average of those of all steps; `None`: those of the last step. Where layers take statistics over batches, those of the average
    /// are found on a tenth of the training examples (1024 to 8192) whenever somebody looks at it: a thirtieth of an epoch of plain steps. Files before there was a choice have `ema` here, which is still read.
    #[serde(
        alias = "ema",
        deserialize_with = "average::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub average: Option<AnyAverage>,
    /// The weights are displaced for the gradient of each step; `None`: it is that at the weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub displacement: Option<AnyDisplacement>,
    /// The share of each label that goes to all classes alike, in the cross-entropies of whatever loss; 0: none.
    #[serde(skip_serializing_if = "is_zero")]
    pub label_smoothing: f64,
    /// Adversarial training.
    pub defense: AnyDefense,
    /// What an autoencoder is trained on beside the squared error of its reconstructions.
    #[serde(skip_serializing_if = "AnyVariant::is_plain")]
    pub variant: AnyVariant,
    /// `f32`, or [`Split6`](Precision::Split6) for outputs and input gradients of convolutions where that is faster; gradients at weights, the rule and
    /// the weights are `f32` always. Other bits, so runs compare only within one precision.
    #[serde(with = "precision", skip_serializing_if = "precision::is_plain")]
    pub precision: Precision,
    /// What the figures of the epochs decide: whether the training ends early, and which weights it keeps.
    #[serde(skip_serializing_if = "Selection::is_usual")]
    pub selection: Selection,
    /// What becomes of a step whose loss or gradient is not finite.
    #[serde(skip_serializing_if = "NonFinitePolicy::is_usual")]
    pub on_non_finite: NonFinitePolicy,
    /// Anomaly mode: every operation of the passes that give a step its gradients is looked at, forwards and backwards, those at displaced weights and that of a penalty too, but not those of a defence's attack;
    /// the first number that is not finite is named with its operation, layer and shape. No bit of a training without such numbers changes; a step takes several times as long.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub anomaly: bool,
    /// Seed of shuffling, dropout and the defence's attacks.
    pub seed: u64,
}

impl Default for Recipe {
    fn default() -> Self {
        let Hyperparameters { epochs, batch, lr, schedule, ema, label_smoothing } =
            Hyperparameters::default();
        Self {
            epochs,
            batch,
            accumulate: 1,
            augment: Vec::new(),
            rule: AnyRule::default(),
            lr,
            schedule,
            transforms: Vec::new(),
            groups: Vec::new(),
            average: ema.map(Into::into),
            displacement: None,
            label_smoothing,
            defense: AnyDefense::default(),
            variant: AnyVariant::default(),
            precision: Precision::F32,
            selection: Selection::default(),
            on_non_finite: NonFinitePolicy::default(),
            anomaly: false,
            seed: 1,
        }
    }
}

impl Recipe {
    /// The recipe that a defence brings. Those of PGD, TRADES, MART, GradAlign and N-FGSM were chosen on validation images for nets of MNIST's size (docs/results/hardening.md has what each is worth,
    /// seed by seed, and what was tried for the others); FGSM-RS is the paper's as it stands, ForwAbs has N-FGSM's.
    ///
    /// ```
    /// use sparring_train::{Recipe, defenses};
    /// let recipe = Recipe { seed: 7, ..Recipe::hardened(defenses::PgdTraining::new(0.3)) };
    /// assert!(recipe.validate().is_ok());
    /// ```
    pub fn hardened(defense: impl Into<AnyDefense>) -> Self {
        let defense = defense.into();
        let Hyperparameters { epochs, batch, lr, schedule, ema, label_smoothing } = defense.hyperparameters();
        let average = ema.map(Into::into);
        Self { epochs, batch, lr, schedule, average, label_smoothing, defense, ..Self::default() }
    }
    /// Examples of a step.
    pub fn step_examples(&self) -> usize {
        self.batch.saturating_mul(self.accumulate)
    }
    /// What of it is the loop's.
    pub fn settings(&self) -> LoopSettings {
        let Self { epochs, lr, selection, on_non_finite, seed, .. } = *self;
        let (batch, schedule, augment) = (self.step_examples(), self.schedule.clone(), self.augment.clone());
        LoopSettings {
            epochs,
            batch,
            lr,
            schedule,
            seed,
            last: Last::Keep,
            augment,
            selection,
            on_non_finite,
        }
    }
    /// The rule behind the transformations, with the groups and the usual one.
    pub fn method(&self) -> Method {
        let groups = Group::and_usual(&self.groups);
        Method { rule: self.rule, transforms: self.transforms.clone(), groups }
    }
    /// What the steps depend on beside the loop's settings, in words: a saved training goes on only where they are the same.
    pub(crate) fn described(&self) -> String {
        fn named<T: ToString>(one: Option<T>) -> String {
            one.map_or_else(|| "none".to_string(), |one| one.to_string())
        }
        let Self { label_smoothing, defense, variant, precision, accumulate, .. } = self;
        // Files of before have nothing of it.
        let variant = if variant.is_plain() { String::new() } else { format!(", variant {variant}") };
        format!(
            "{}, average {}, displacement {}, label smoothing {label_smoothing}, defence {defense}, precision {precision}, micro-batches {accumulate}, augmentations [{}]{variant}",
            described::method(&self.rule, &self.transforms, &self.groups),
            named(self.average),
            named(self.displacement),
            described::list(&self.augment),
        )
    }
    /// Every number makes sense.
    ///
    /// # Errors
    /// [`TrainError`] naming the first field that does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        let refuse = |field, value: String, must| Err(TrainError::Recipe { field, value, must });
        if self.accumulate == 0 {
            return refuse("accumulate", "0".into(), "at least 1");
        }
        check_chain(&self.augment)?;
        if let Some(mixes) = self.augment.iter().find(|one| one.mixes() && self.defense.eps().is_some()) {
            return refuse(
                "augment",
                mixes.to_string(),
                "left out with a defence: its attack climbs the loss of one label",
            );
        }
        self.settings().validate()?;
        if !(0.0..1.0).contains(&self.label_smoothing) {
            return refuse("label_smoothing", self.label_smoothing.to_string(), "at least 0 and below 1");
        }
        if self.precision == Precision::Bf16 {
            return refuse(
                "precision",
                self.precision.to_string(),
                "f32 or split6: bf16 is for what is verified later",
            );
        }
        self.method().validate()?;
        self.average.as_ref().map_or(Ok(()), AnyAverage::validate)?;
        self.displacement.as_ref().map_or(Ok(()), AnyDisplacement::validate)?;
        self.variant.validate()?;
        Ok(self.defense.validate()?)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde asks
fn is_one(n: &usize) -> bool {
    *n == 1
}

/// A precision as its name.
mod precision {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use sparring_tensor::Precision;

    pub fn is_plain(precision: &Precision) -> bool {
        *precision == Precision::F32
    }
    pub fn serialize<S: Serializer>(precision: &Precision, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(precision)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Precision, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

/// A chain of transformations: a list, or the one limit of older files.
mod chain {
    use serde::{Deserialize, Deserializer, de};
    use sparring_optim::{AnyTransform, ClipNorm, ClipValue};

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Clip {
        Value(f64),
        GlobalNorm(f64),
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<AnyTransform>, D::Error> {
        struct Chain;
        impl<'de> de::Visitor<'de> for Chain {
            type Value = Vec<AnyTransform>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of transformations such as [\"clip-norm(max=1)\"]")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Vec::new())
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(list))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Ok(vec![match Clip::deserialize(de::value::MapAccessDeserializer::new(map))? {
                    Clip::Value(limit) => ClipValue { limit }.into(),
                    Clip::GlobalNorm(max) => ClipNorm { max }.into(),
                }])
            }
        }
        if d.is_human_readable() { d.deserialize_any(Chain) } else { Vec::deserialize(d) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sparring_math::named::Family as _;
    use sparring_optim::{ClipNorm, ClipValue, Ema, L2Penalty, Swa};

    #[test]
    fn groups_go_to_files_and_leave_the_other_kinds_as_usual() {
        let read = |text: &str| serde_json::from_str::<Recipe>(text).unwrap();
        let usual = read("{}");
        assert_eq!(usual.method(), Method::from(usual.rule));
        assert!(!serde_json::to_string(&usual).unwrap().contains("groups"));
        let recipe = read(r#"{"groups": ["activation(lr=0.1)", "weight(decay=none)"]}"#);
        let written = serde_json::to_string(&recipe).unwrap();
        assert!(written.contains(r#""groups":["activation(lr=0.1)","weight(decay=none)"]"#), "{written}");
        assert_eq!(read(&written), recipe);
        let all: Vec<String> = recipe.method().groups.iter().map(ToString::to_string).collect();
        assert_eq!(all, ["activation(lr=0.1)", "weight(decay=none)", "bias|norm"]);
        assert!(read(r#"{"groups": ["bias", "norm|bias"]}"#).validate().is_err());
    }

    #[test]
    fn averages_and_augmentations_go_to_files_and_older_averages_are_read() {
        let read = |text: &str| serde_json::from_str::<Recipe>(text);
        let half_life = Some(Ema { half_life: 0.07 }.into());
        for text in [
            r#"{"ema": {"half_life": 0.07}}"#,
            r#"{"average": "ema(half_life=0.07)"}"#,
            r#"{"average": {"ema": {"half_life": 0.07}}}"#,
        ] {
            assert_eq!(read(text).unwrap().average, half_life, "{text}");
        }
        assert_eq!(read(r#"{"ema": null}"#).unwrap().average, None);
        assert!(read(r#"{"average": "swa(start=2)"}"#).is_err() && read(r#"{"ema": {"x": 1}}"#).is_err());
        let augment = ["shift(pixels=3)", "mixup"].map(|text| text.parse().unwrap()).to_vec();
        let recipe =
            Recipe { augment, accumulate: 4, average: Some(Swa::default().into()), ..Recipe::default() };
        let written = serde_json::to_string(&recipe).unwrap();
        assert!(written.contains(r#""augment":["shift(pixels=3)","mixup"]"#), "{written}");
        assert_eq!(read(&written).unwrap(), recipe);
        let plain = serde_json::to_string(&Recipe::default()).unwrap();
        assert!(!["augment", "accumulate", "average"].iter().any(|key| plain.contains(key)), "{plain}");
        let pgd = crate::defenses::PgdTraining::default().into();
        let e = Recipe { defense: pgd, ..recipe }.validate().unwrap_err().to_string();
        assert!(e.contains("augment is mixup, but must be left out with a defence"), "{e}");
    }

    #[test]
    fn chains_and_the_limits_of_older_files_are_read() {
        let read = |text: &str| serde_json::from_str::<Recipe>(text).map(|r| r.transforms);
        let all: Vec<AnyTransform> = vec![ClipNorm { max: 0.5 }.into(), L2Penalty { weight: 0.01 }.into()];
        for (text, want) in [
            ("{}", &[][..]),
            (r#"{"clip": null}"#, &[]),
            (r#"{"clip": {"global_norm": 0.5}}"#, &all[..1]),
            (r#"{"clip": {"value": 2.0}}"#, &[ClipValue { limit: 2.0 }.into()]),
            (r#"{"transforms": ["clip-norm(max=0.5)", {"l2": {"weight": 0.01}}]}"#, &all),
        ] {
            assert_eq!(read(text).unwrap(), want, "{text}");
        }
        let recipe = Recipe { transforms: all, ..Recipe::default() };
        let written = serde_json::to_string(&recipe).unwrap();
        assert_eq!(serde_json::from_str::<Recipe>(&written).unwrap(), recipe, "{written}");
        // The tag of every transformation in files is its name.
        for one in AnyTransform::TABLE.at_defaults() {
            let written = serde_json::to_value(one).unwrap();
            assert!(written.get(one.name()).is_some(), "{written}");
        }
        for bad in [
            r#"{"clip": {"norm": 1.0}}"#,
            r#"{"transforms": ["clip"]}"#,
            r#"{"clip": null, "transforms": []}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
