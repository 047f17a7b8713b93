//! Models to files and back.

use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::activations::AnyActivation;
use sparring::models::{Arch, Autoencoder, Classifier, Gan, GanSpec};
use sparring::nn::Spec;
use sparring::seed::Key;
use sparring::store::{Weights, read, write};
use std::path::{Path, PathBuf};

/// Any key does where every number is replaced.
const REPLACED: u64 = 0;

pub(crate) fn save_classifier(path: &Path, model: &Classifier) -> Outcome {
    Ok(write(path, "classifier", &[("", model.spec(), &model.net)], Value::Null)?)
}

pub(crate) fn save_autoencoder(path: &Path, model: &Autoencoder) -> Outcome {
    let extra = json!({ "encoder": model.encoder() });
    Ok(write(path, "autoencoder", &[("", model.spec(), &model.net)], extra)?)
}

pub(crate) fn save_gan(path: &Path, model: &Gan) -> Outcome {
    let spec = model.spec();
    let networks: [(&str, &Spec, &dyn sparring::nn::Module<f32>); 2] = [
        ("generator", &spec.generator, &model.generator),
        ("discriminator", &spec.discriminator, &model.discriminator),
    ];
    Ok(write(path, "gan", &networks, Value::Null)?)
}

/// A run directory's weights file, or the file itself.
pub(crate) fn weights_file(path: &Path) -> Outcome<PathBuf> {
    let file = if path.is_dir() { path.join("model.safetensors") } else { path.to_path_buf() };
    if file.is_file() {
        return Ok(file);
    }
    Err(Failure::Failed(if path.is_dir() {
        format!("{}: no model.safetensors in it; name a run directory or a weights file", path.display())
    } else {
        format!("{}: no such file; name a run directory or a weights file", path.display())
    }))
}

/// The data a run was trained on, as its `config.json` says.
fn data_of(path: &Path) -> Outcome<Option<String>> {
    let config = path.join("config.json");
    if !config.is_file() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&config).map_err(|e| Failure::at(&config, e))?;
    let value: Value = serde_json::from_str(&text).map_err(|e| Failure::at(&config, e))?;
    Ok(value["data"].as_str().map(String::from))
}

fn spec_of(file: &Path, weights: &Weights, arch: Option<Arch>, activation: &AnyActivation) -> Outcome<Spec> {
    match (weights.spec(""), arch) {
        (Some(spec), None) => Ok(spec.clone()),
        (Some(_), Some(arch)) => Err(Failure::Usage(format!(
            "--arch {arch}: {} says itself how its network is built; leave --arch out",
            file.display()
        ))),
        (None, Some(arch)) => arch
            .classifier(activation)
            .ok_or_else(|| Failure::Usage(format!("--arch {arch}: not a classifier"))),
        (None, None) => Err(Failure::Usage(format!(
            "{}: another program wrote this file, and it does not say how its network is built; name it with --arch",
            file.display()
        ))),
    }
}

/// A classifier from a run directory or a weights file, and the data the run was trained on.
pub(crate) fn load_classifier(
    path: &Path,
    arch: Option<Arch>,
    activation: &AnyActivation,
) -> Outcome<(Classifier, Option<String>)> {
    let file = weights_file(path)?;
    let weights = read(&file)?;
    weights.expect_kind("classifier").map_err(|e| Failure::at(&file, e))?;
    let spec = spec_of(&file, &weights, arch, activation)?;
    let mut model = Classifier::new(spec, Key::new(REPLACED)).map_err(|e| Failure::at(&file, e))?;
    weights.load_into("", &mut model.net).map_err(|e| Failure::at(&file, e))?;
    Ok((model, data_of(path)?))
}

/// A GAN from a run directory or a weights file.
pub(crate) fn load_gan(path: &Path) -> Outcome<Gan> {
    let file = weights_file(path)?;
    let weights = read(&file)?;
    weights.expect_kind("gan").map_err(|e| Failure::at(&file, e))?;
    let (Some(generator), Some(discriminator)) = (weights.spec("generator"), weights.spec("discriminator"))
    else {
        return Err(Failure::Failed(format!("{}: holds no generator and discriminator", file.display())));
    };
    let spec = GanSpec { generator: generator.clone(), discriminator: discriminator.clone() };
    let mut model = Gan::new(spec, (0.0, 1.0), Key::new(REPLACED)).map_err(|e| Failure::at(&file, e))?;
    weights.load_into("generator", &mut model.generator).map_err(|e| Failure::at(&file, e))?;
    weights.load_into("discriminator", &mut model.discriminator).map_err(|e| Failure::at(&file, e))?;
    Ok(model)
}
