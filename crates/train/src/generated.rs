//! Labelled examples that a generative model made, in a share of the places of each batch.

use crate::TrainError;
use crate::data::check_range;
use crate::parallel::on_team;
use sparring_datasets::{Pixels, Split};
use sparring_models::Gan;
use sparring_seed::Key;

/// Examples made by a generator beside those of the training set: see [`Session::mixing`](crate::Session::mixing).
///
/// They are drawn once. A share of the places of each batch is theirs; an epoch has as many steps as without them, and a defence attacks them like any other.
///
/// Source: Gowal et al. 2021 (arXiv:2110.09468), Rebuffi et al. 2021 (arXiv:2103.01946).
///
/// ```
/// use sparring_datasets::Mnist;
/// use sparring_models::{Arch, ClassifierNet, Gan, Mlp};
/// use sparring_seed::Key;
/// use sparring_train::{Generated, Quiet, Recipe, session};
/// let train = Mnist::embedded().train.first(64);
/// let spec = "gan(conditioning=embedding)".parse::<Arch>()?.gan().unwrap();
/// let gan = Gan::new(spec, (0.0, 1.0), Key::new(2))?; // a trained one, in earnest
/// let generated = Generated::of_gan(&gan, 100, &train, 0.5, Key::new(3))?;
/// let mut model = ClassifierNet::new(Mlp::default().spec(), Key::new(1))?;
/// let recipe = Recipe { epochs: 1, batch: 32, ..Recipe::default() };
/// let done = session(&mut model, &train, &recipe)?.mixing(generated)?.run(&mut Quiet)?;
/// assert_eq!(done.epochs.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generated {
    /// The examples, at least one.
    pub examples: Split,
    /// The share of the places of each batch that they have, at least 0 and below 1.
    pub share: f64,
    /// Where they come from: the generator's weights and the seed, say. A saved training goes on with the same examples; on another instruction set, which draws other last bits, with those of the same origin, if it is told. Without brackets.
    pub origin: Option<String>,
}

impl Generated {
    /// Samples `[n, c, h, w]`, row after row, with their classes, for a training on `train`: where that holds bytes, so do these.
    ///
    /// # Errors
    /// If there is none, they are not as many rows as classes, are not finite, or leave [0, 1] where the training set holds bytes; or of a share outside [0, 1).
    pub fn of_samples(
        samples: Vec<f32>,
        classes: &[usize],
        train: &Split,
        share: f64,
    ) -> Result<Self, TrainError> {
        let data = TrainError::Data;
        let labels: Option<Vec<u16>> = classes.iter().map(|&class| class.try_into().ok()).collect();
        let labels = labels.ok_or_else(|| data(format!("a generated class is above {}", u16::MAX)))?;
        let numbers = Split::of_many_classes(Pixels::F32(samples.into()), train.shape(), labels.clone())
            .map_err(|e| data(format!("generated examples: {e}")))?;
        let examples = match (train.pixels(), numbers.pixels()) {
            (Pixels::U8(_), Pixels::F32(numbers)) => {
                if let Some(v) = numbers.iter().find(|v| !(0.0..=1.0).contains(*v)) {
                    return Err(data(format!(
                        "generated examples: {v}, the training examples lie in [0, 1]"
                    )));
                }
                let bytes: Vec<u8> = numbers.iter().map(|v| (255.0 * v).round() as u8).collect();
                Split::of_many_classes(Pixels::U8(bytes.into()), train.shape(), labels)
                    .map_err(|e| data(format!("generated examples: {e}")))?
            }
            _ => numbers,
        };
        let this = Self { examples, share, origin: None };
        this.validate()?;
        Ok(this)
    }

    /// So many samples of a GAN with classes, of the [classes](Self::classes_like) of the training set; sample i depends on `key`, i and its class.
    ///
    /// # Errors
    /// If the GAN has no classes, or fewer than the training examples name, or makes examples of another shape; as [`of_samples`](Self::of_samples).
    pub fn of_gan(gan: &Gan, n: usize, train: &Split, share: f64, key: Key) -> Result<Self, TrainError> {
        let (own, has) = (gan.spec().form.classes, classes_of(train));
        if own == 0 {
            return Err(TrainError::Data(
                "the GAN was not told the classes, so its samples have none: train it with conditioning=embedding, projection or auxiliary".into(),
            ));
        }
        if own < has {
            return Err(TrainError::Data(format!("the GAN has {own} classes, the training examples {has}")));
        }
        if gan.shape() != train.shape() {
            let (made, shape) = (gan.shape(), train.shape());
            return Err(TrainError::Data(format!(
                "the GAN makes examples of {made:?}, the training examples are {shape:?}"
            )));
        }
        if train.is_empty() {
            return Err(TrainError::Data("no training examples, whose classes samples would have".into()));
        }
        let numbers = n.checked_mul(train.dim()).filter(|&numbers| numbers <= MOST_NUMBERS);
        let Some(numbers) = numbers else {
            let most = MOST_NUMBERS / train.dim();
            return Err(TrainError::Data(format!(
                "{n} generated examples of {} numbers: at most {most}",
                train.dim()
            )));
        };
        let classes = Self::classes_like(train, n);
        let ids: Vec<u64> = (0..n as u64).collect();
        let (part, mut samples) = (gan.most_samples().clamp(1, PART), Vec::with_capacity(numbers));
        on_team(|| {
            for (ids, classes) in ids.chunks(part).zip(classes.chunks(part)) {
                samples.extend_from_slice(gan.generate(gan.noise_of(key, ids, classes)).as_slice());
            }
        });
        Self::of_samples(samples, &classes, train, share)
    }

    /// `n` classes in the shares that they have of the training examples: those of `n` examples at equal distances.
    ///
    /// # Panics
    /// If there are no training examples.
    pub fn classes_like(train: &Split, n: usize) -> Vec<usize> {
        let all = train.len();
        (0..n).map(|i| train.label((i as u128 * all as u128 / n as u128) as usize)).collect()
    }

    /// The share and the origin make sense, and there are examples.
    ///
    /// # Errors
    /// [`TrainError`] naming what does not.
    pub fn validate(&self) -> Result<(), TrainError> {
        if !(0.0..1.0).contains(&self.share) {
            let (value, must) = (self.share.to_string(), "at least 0 and below 1");
            return Err(TrainError::Recipe { field: "share of generated examples", value, must });
        }
        if let Some(origin) = self.origin.as_ref().filter(|origin| origin.contains(['[', ']'])) {
            let (value, must) = (origin.clone(), "without brackets");
            return Err(TrainError::Recipe { field: "origin of generated examples", value, must });
        }
        if self.examples.is_empty() {
            return Err(TrainError::Data("there are no generated examples".into()));
        }
        Ok(())
    }

    /// What a training on `train` asks of them.
    pub(crate) fn check(&self, train: &Split) -> Result<(), TrainError> {
        self.validate()?;
        let (made, shape) = (self.examples.shape(), train.shape());
        if made != shape {
            return Err(TrainError::Data(format!(
                "generated examples are {made:?} (channels, height, width), the training examples {shape:?}"
            )));
        }
        if u32::try_from(self.examples.len().saturating_add(train.len())).is_err() {
            return Err(TrainError::Data("2^32 examples or more, with the generated ones".into()));
        }
        match train.pixels() {
            // They are attacked within this box.
            Pixels::U8(_) => check_range(&self.examples, (0.0, 1.0)),
            Pixels::F32(_) => Ok(()),
        }
    }

    /// What depends on them, in words: a saved training goes on only where it is the same.
    pub(crate) fn described(&self) -> String {
        let (n, share) = (self.examples.len(), self.share);
        let print = self.examples.fingerprint();
        match &self.origin {
            None => format!("{n}{WORDS}{print} in {share} of the places"),
            Some(origin) => format!("{n}{WORDS}{origin} [{print}] in {share} of the places"),
        }
    }
}

const WORDS: &str = " generated examples ";

/// A description without the bits of generated examples whose origin it tells.
pub(crate) fn apart_from_bits(described: &str) -> String {
    let parts = described.split_once(WORDS).and_then(|(before, words)| {
        let (origin, rest) = words.split_once(" [")?;
        Some((before, origin, rest.split_once(']')?.1))
    });
    parts.map_or_else(
        || described.to_string(),
        |(before, origin, after)| [before, WORDS, origin, after].concat(),
    )
}

/// Numbers of all samples at most: 2 GiB of them, and as much again while they become a split.
const MOST_NUMBERS: usize = 1 << 29;

/// Samples drawn at a time; no bit depends on it.
const PART: usize = 256;

fn classes_of(train: &Split) -> usize {
    (0..train.len()).map(|i| train.label(i) + 1).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_told_apart_by_their_bits_or_their_origin() {
        let train = sparring_datasets::Mnist::embedded().train.first(4);
        let of = |x: f32, origin: Option<&str>| {
            let drawn = Generated::of_samples(vec![x; 2 * 784], &[0, 1], &train, 0.5).unwrap();
            Generated { origin: origin.map(String::from), ..drawn }.described()
        };
        assert_eq!(of(0.5, None), of(0.5, None));
        assert_ne!(of(0.5, None), of(0.25, None));
        assert_ne!(of(0.5, Some("a")), of(0.25, Some("a")));
        // Other last bits of the same generator, on another machine.
        let apart = |x, origin| apart_from_bits(&format!("transformations [], {}", of(x, origin)));
        assert_eq!(apart(0.5, Some("a")), apart(0.25, Some("a")));
        assert_ne!(apart(0.5, Some("a")), apart(0.5, Some("b")));
        assert_ne!(apart(0.5, None), apart(0.25, None));
        assert_eq!(apart_from_bits("groups [], rule sgd"), "groups [], rule sgd");
        let drawn = Generated::of_samples(vec![0.5; 784], &[0], &train, 0.5).unwrap();
        let e = Generated { origin: Some("a [b]".into()), ..drawn }.validate().unwrap_err().to_string();
        assert!(e.contains("without brackets"), "{e}");
    }
}
