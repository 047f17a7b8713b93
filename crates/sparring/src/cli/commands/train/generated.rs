//! Generated examples of a training on the command line: by which model, how many, in what share.

use super::place::Resumed;
use crate::cli::io::{json::json, say};
use crate::cli::options::{Named, Names, count, share, way_between};
use crate::cli::pages::coder::{Coder, kind_of, load_coder};
use crate::cli::pages::weights::load_judged_gan;
use crate::cli::pages::weights_file::weights_file;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::datasets::Split;
use sparring::models::Gan;
use sparring::seed::Key;
use sparring::store::sha256_hex;
use sparring::train::{Generated, Recipe, codes, decoded};
use sparring_study::ClassCodeSampler;
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
pub(super) struct GeneratedArgs {
    /// A run of `sparring train gan` with classes, `train vae` or `train autoencoder`, whose samples take a share of the places of each batch. Of a model without classes each class has a mixture
    /// of Gaussians, fitted to the codes of its training images. It should not have seen the test images. `none` for none.
    #[arg(long, value_name = "RUN")]
    generated: Option<PathBuf>,
    /// The share of the places of each batch that samples of --generated have; an epoch has as many steps as without them.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = below_one, requires = "generated")]
    generated_share: f64,
    /// How many samples are drawn, by --seed, before the training. Default: as many as there are places for, so that none comes twice, at most 100000.
    #[arg(long, value_name = "N", value_parser = count, requires = "generated")]
    generated_images: Option<usize>,
    /// Of a model without classes: Gaussians of the mixture of each class. Default: one for so many codes as tell its covariance, 1 to 10.
    #[arg(long, value_name = "K", value_parser = count, requires = "generated")]
    generated_components: Option<usize>,
}

/// Samples where nobody says how many, at most.
const USUAL: f64 = 100_000.0;
/// Numbers of all samples at most: 1 GiB, which is held up to four times while they are drawn.
const MOST: usize = 1 << 28;

fn below_one(text: &str) -> Result<f64, String> {
    share(text).ok().filter(|&v| v < 1.0).ok_or_else(|| "must be a number from 0 to below 1".into())
}

/// What draws.
enum Model {
    Gan(Gan),
    Coder(Coder),
}

/// The model that makes the examples, and how many of them.
pub(super) struct Source {
    /// As it was asked for, and where it is: a training that goes on may be called from elsewhere.
    asked: PathBuf,
    path: PathBuf,
    model: Model,
    kind: String,
    sha256: String,
    share: f64,
    images: usize,
    components: Option<usize>,
}

impl GeneratedArgs {
    /// The model, if there is one, for a training by this recipe on the training images of these data, which before any were held out had this digest; refuses one that does not fit them.
    pub(super) fn source(
        &self,
        data: &Named,
        recipe: &Recipe,
        (digest, resumed): (&str, Option<&Resumed>),
    ) -> Outcome<Option<Source>> {
        // The word that a grid writes where there is to be none.
        let asked = self.generated.as_ref().filter(|path| path.as_os_str() != "none");
        let Some(asked) = asked else { return Ok(None) };
        let path = resumed
            .and_then(|resumed| resumed.model_at("generated_from_run"))
            .unwrap_or_else(|| asked.clone());
        let refuse = |what: String| Failure::Usage(format!("--generated {}: {what}", asked.display()));
        let sha256 = sha256_hex(&std::fs::read(weights_file(&path)?)?);
        let kind = kind_of(&path)?;
        let (model, known) = match kind.as_deref() {
            Some("gan") => {
                let (gan, known) = load_judged_gan(&path, &Names::Same)?;
                let (own, has) = (gan.spec().form.classes, data.set.classes);
                if own == 0 {
                    let way = "train one with classes (`sparring train gan` by default)";
                    return Err(refuse(format!(
                        "a GAN without classes, whose samples have no labels; {way}"
                    )));
                }
                if own < has {
                    return Err(refuse(format!(
                        "its samples are of {own} classes, {} has {has}",
                        data.asked
                    )));
                }
                if self.generated_components.is_some() {
                    let what = "--generated-components is for models without classes; leave it out";
                    return Err(Failure::Usage(what.into()));
                }
                (Model::Gan(gan), known)
            }
            Some("vae" | "autoencoder") => {
                let (coder, known) = load_coder(&path, &Names::Same)?;
                if !coder.model().decodes() {
                    let what = "its decoder reads the image past the code, so a code alone makes no image";
                    return Err(refuse(what.into()));
                }
                (Model::Coder(coder), known)
            }
            kind => {
                let what = kind.map_or("a network of another program".into(), |kind| {
                    format!("a model of kind `{kind}`")
                });
                let way = "it takes a GAN with classes, a variational or a plain autoencoder";
                return Err(refuse(format!("{what}, which draws no labelled images; {way}")));
            }
        };
        data.fits(model.shape(), &format!("the model {} makes such as it", asked.display()))?;
        match known.data {
            Some(own) if own.digest.as_deref().is_some_and(|own| own != digest) => {
                say::note(&format!("note: {} learnt from other data ({})", asked.display(), own.asked));
            }
            // It learnt from all training images, these are fewer.
            Some(_) if data.set.fingerprint() != digest => say::note(&format!(
                "note: {} may have learnt from the images that are held out here, too: figures on them are of data its samples are like",
                asked.display()
            )),
            _ => {}
        }
        if let Some(k) = self.generated_components {
            let labels = data.set.train.labels();
            let of = |class: usize| labels.iter().filter(|&&label| label == class).count();
            let least = (0..data.set.classes).map(of).filter(|&n| n > 0).min().unwrap_or(0);
            if k > least {
                return Err(Failure::Usage(format!(
                    "--generated-components {k}: the smallest class has {least} training images; say no more"
                )));
            }
        }
        let (kind, components) = (kind.unwrap_or_default(), self.generated_components);
        let images = self.images(data, recipe)?;
        Ok(Some(Source {
            asked: asked.clone(),
            path,
            model,
            kind,
            sha256,
            share: self.generated_share,
            images,
            components,
        }))
    }
    /// How many samples are drawn.
    fn images(&self, data: &Named, recipe: &Recipe) -> Outcome<usize> {
        let train = &data.set.train;
        let places = (train.len() as f64 * self.generated_share).ceil() * recipe.epochs as f64;
        let usual = || places.clamp(1.0, USUAL) as usize;
        let most = (MOST / train.dim()).max(1);
        let images = self.generated_images.unwrap_or_else(|| usual().min(most));
        if images > most {
            return Err(Failure::Usage(format!(
                "--generated-images {images}: at most {most} of {} numbers each are held at once; say fewer",
                train.dim()
            )));
        }
        Ok(images)
    }
}

impl Model {
    fn shape(&self) -> [usize; 3] {
        match self {
            Self::Gan(gan) => gan.shape(),
            Self::Coder(coder) => coder.model().image_shape(),
        }
    }
}

impl Source {
    /// What `config.json` says of it: another one is another training.
    pub(super) fn config(&self) -> Value {
        json!({
            "kind": self.kind, "sha256": self.sha256, "share": self.share, "images": self.images,
            "components": self.components,
        })
    }
    /// The way from the run directory to it.
    pub(super) fn way_from(&self, run: &Path) -> Option<String> {
        way_between(&self.path, run)
    }
    /// In words.
    pub(super) fn in_words(&self) -> String {
        let (images, percent) = (self.images, 100.0 * self.share);
        format!("{images} samples of {} ({}), in {percent} % of the places", self.asked.display(), self.kind)
    }
    /// Draws the examples, of the classes of these training images and in their shares.
    pub(super) fn draw(&self, train: &Split, seed: u64) -> Outcome<Generated> {
        // The fingerprint of the data fixes the classes and, of an autoencoder, the codes that they are drawn by.
        let components = self.components.map_or(String::new(), |k| format!(", {k} components"));
        let origin = format!("of weights {}, seed {seed}{components}", self.sha256);
        Ok(Generated { origin: Some(origin), ..self.drawn(train, seed)? })
    }
    fn drawn(&self, train: &Split, seed: u64) -> Outcome<Generated> {
        let (n, share, key) = (self.images, self.share, Key::new(seed).named("generated"));
        say::note(&format!("drawing {n} samples of {} ..", self.asked.display()));
        let coder = match &self.model {
            Model::Gan(gan) => return Ok(Generated::of_gan(gan, n, train, share, key)?),
            Model::Coder(coder) => coder.model(),
        };
        let found = codes(coder, train)?;
        let sampler = ClassCodeSampler::fit(
            &found,
            coder.code_numbers(),
            &train.labels(),
            self.components,
            key.named("mixtures"),
        )?;
        let classes = Generated::classes_like(train, n);
        let ids: Vec<u64> = (0..n as u64).collect();
        let samples = decoded(coder, &sampler.draw(key, &ids, &classes)?);
        Ok(Generated::of_samples(samples, &classes, train, share)?)
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.config())
    }
}
