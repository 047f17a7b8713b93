//! Models to files and back.

use super::again::quoted;
use super::misfit::{arch_wanted, explained};
use crate::cli::io::say;
use crate::cli::options::{AskedNet, Names, RunData};
use crate::cli::{Failure, Outcome};
use serde_json::{Value, json};
use sparring::activations::AnyActivation;
use sparring::models::{ArticleGan, Autoencoder, ClassifierNet, Gan, GanSpec};
use sparring::nn::Graph;
use sparring::seed::Key;
use sparring::store::{LoadNote, Weights, read, read_config, recognise_path, write};
use std::path::{Path, PathBuf};

/// Any key does where every number is replaced.
const REPLACED: u64 = 0;

pub(crate) fn save_classifier(path: &Path, model: &ClassifierNet) -> Outcome {
    Ok(write(path, "classifier", &[("", &model.net)], Value::Null)?)
}

pub(crate) fn save_autoencoder(path: &Path, model: &Autoencoder) -> Outcome {
    let extra = json!({ "encoder": model.encoder() });
    Ok(write(path, "autoencoder", &[("", &model.net)], extra)?)
}

pub(crate) fn save_gan(path: &Path, model: &Gan) -> Outcome {
    let networks = [("generator", &model.generator), ("discriminator", &model.discriminator)];
    Ok(write(path, "gan", &networks, Value::Null)?)
}

/// A run directory's weights file, or the file itself.
pub(crate) fn weights_file(path: &Path) -> Outcome<PathBuf> {
    if path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
        return Err(Failure::at(path, "not a file; name a run directory or a weights file"));
    }
    let file = if path.is_dir() { path.join("model.safetensors") } else { path.to_path_buf() };
    if file.is_file() {
        return Ok(file);
    }
    if let Some(foreign) = recognise_path(path) {
        return Err(Failure::at(
            path,
            format!("{}, not a safetensors file: {}", foreign.what, foreign.way_out),
        ));
    }
    let runs = runs_in(path);
    Err(Failure::Failed(if !runs.is_empty() {
        format!("{}: holds {} runs; name one of them: {}", path.display(), runs.len(), runs.join(", "))
    } else if path.is_dir() {
        format!("{}: no model.safetensors in it; name a run directory or a weights file", path.display())
    } else {
        format!("{}: no such file; name a run directory or a weights file", path.display())
    }))
}

/// The run directories in a folder, the first few of them, as a shell takes them.
fn runs_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let mut runs: Vec<_> = entries.filter(|p| p.join("model.safetensors").is_file()).collect();
    runs.sort();
    runs.iter().take(8).map(|p| quoted(&p.to_string_lossy())).collect()
}

/// The data a run was trained on, as its `config.json` says.
fn data_of(path: &Path) -> Outcome<Option<RunData>> {
    let Some(value) = read_config(path)? else { return Ok(None) };
    let folder = value["data_from_run"].as_str().map(|way| path.join(way));
    Ok(value["data"].as_str().map(|asked| RunData { asked: asked.into(), folder }))
}

/// The flag for names of foreign files, refused for a file of ours.
fn check_names(file: &Path, weights: &Weights, names: &Names) -> Outcome {
    match names.flag().filter(|_| weights.document().is_some()) {
        None => Ok(()),
        Some(flag) => Err(Failure::Usage(format!(
            "{flag}: {} was written by this program, its names are right; leave {flag} out",
            file.display()
        ))),
    }
}

fn tell<'a>(notes: impl IntoIterator<Item = &'a LoadNote>) {
    notes.into_iter().for_each(|note| say::note(&note.to_string()));
}

fn spec_of(file: &Path, weights: &Weights, net: Option<&AskedNet>) -> Outcome<Graph> {
    match (weights.spec(""), net) {
        (Some(spec), None) => Ok(spec.clone()),
        (Some(_), Some(net)) => {
            let (flag, file) = (net.flag(), file.display());
            let name = flag.split(' ').next().unwrap_or_default();
            Err(Failure::Usage(format!(
                "{flag}: {file} says itself how its network is built; leave {name} out"
            )))
        }
        (None, Some(net)) => {
            net.classifier().ok_or_else(|| Failure::Usage(format!("{}: not a classifier", net.flag())))
        }
        (None, None) => Err(arch_wanted(file, weights)),
    }
}

/// A classifier from a run directory or a weights file, and the data the run was trained on.
pub(crate) fn load_classifier(
    path: &Path,
    net: Option<&AskedNet>,
    names: &Names,
) -> Outcome<(ClassifierNet, Option<RunData>)> {
    let file = weights_file(path)?;
    Ok((classifier(&file, &read(&file)?, net, names)?, data_of(path)?))
}

fn classifier(
    file: &Path,
    weights: &Weights,
    net: Option<&AskedNet>,
    names: &Names,
) -> Outcome<ClassifierNet> {
    weights.expect_kind("classifier").map_err(|e| Failure::at(file, e))?;
    let spec = spec_of(file, weights, net)?;
    check_names(file, weights, names)?;
    let mut model = ClassifierNet::new(spec, Key::new(REPLACED)).map_err(|e| Failure::at(file, e))?;
    let loaded = weights.load_named("", &mut model.net, names.naming());
    let notes = loaded.map_err(|e| explained(&e, file, weights, net))?;
    tell(weights.notes().iter().chain(&notes));
    Ok(model)
}

/// A model that can be judged on labelled examples.
#[derive(Debug)]
pub(crate) enum Judged {
    Classifier(ClassifierNet),
    Autoencoder(Autoencoder),
}

/// A classifier or an autoencoder from a run directory or a weights file, and the data the run was trained on. A file of another program is taken for a classifier's.
pub(crate) fn load_judged(
    path: &Path,
    net: Option<&AskedNet>,
    names: &Names,
) -> Outcome<(Judged, Option<RunData>)> {
    let file = weights_file(path)?;
    let weights = read(&file)?;
    let model = if weights.kind() == Some("autoencoder") {
        Judged::Autoencoder(autoencoder(&file, &weights, net, names)?)
    } else {
        Judged::Classifier(classifier(&file, &weights, net, names)?)
    };
    Ok((model, data_of(path)?))
}

fn autoencoder(
    file: &Path,
    weights: &Weights,
    net: Option<&AskedNet>,
    names: &Names,
) -> Outcome<Autoencoder> {
    let spec = spec_of(file, weights, net)?;
    check_names(file, weights, names)?;
    let encoder = weights.extra().and_then(|extra| extra["encoder"].as_u64()).unwrap_or(0) as usize;
    let model = Autoencoder::new(spec, encoder, Key::new(REPLACED));
    let mut model = model.map_err(|e| Failure::at(file, e))?;
    weights.load_into("", &mut model.net).map_err(|e| Failure::at(file, e))?;
    Ok(model)
}

/// A GAN from a run directory or a weights file; of a file of another program its generator, built as that of the articles' GAN.
pub(crate) fn load_gan(path: &Path, activation: Option<&AnyActivation>, names: &Names) -> Outcome<Gan> {
    let file = weights_file(path)?;
    let weights = read(&file)?;
    weights.expect_kind("gan").map_err(|e| Failure::at(&file, e))?;
    check_names(&file, &weights, names)?;
    let foreign = weights.document().is_none();
    if let (false, Some(activation)) = (foreign, activation) {
        return Err(Failure::Usage(format!(
            "--activation {activation}: {} says itself how its networks are built; leave --activation out",
            file.display()
        )));
    }
    let spec = match (weights.spec("generator"), weights.spec("discriminator")) {
        (Some(g), Some(d)) => GanSpec { generator: g.clone(), discriminator: d.clone() },
        _ if foreign => activation.map_or_else(ArticleGan::default, |a| ArticleGan::with(*a)).spec(),
        _ => {
            return Err(Failure::Failed(format!("{}: holds no generator and discriminator", file.display())));
        }
    };
    let mut model = Gan::new(spec, (0.0, 1.0), Key::new(REPLACED)).map_err(|e| Failure::at(&file, e))?;
    let whole = weights.tensors().any(|(name, _)| name.starts_with("generator."));
    let prefix = if whole { "generator" } else { "" };
    if foreign {
        say::note("the generator is taken for that of the architecture `gan`: 100-128-128-784, sigmoid");
    }
    let notes =
        weights.load_named(prefix, &mut model.generator, names.naming()).map_err(|e| Failure::at(&file, e));
    let notes = notes?;
    if !foreign {
        weights.load_into("discriminator", &mut model.discriminator).map_err(|e| Failure::at(&file, e))?;
    }
    tell(weights.notes().iter().chain(&notes));
    Ok(model)
}
