//! Models to files and back.

use super::misfit::{arch_wanted, explained};
use super::weights_file::weights_file;
use crate::cli::io::say;
use crate::cli::options::{AskedNet, Names, RunData};
use crate::cli::{Failure, Outcome};
use serde_json::{Value, from_value, json};
use sparring::activations::AnyActivation;
use sparring::models::{ArticleGan, Autoencoder, ClassifierNet, Gan, GanForm, GanSpec, Vae, VqVae};
use sparring::nn::Graph;
use sparring::seed::Key;
use sparring::store::{LoadNote, OnnxFile, Weights, is_onnx, read, read_config, read_onnx, write};
use std::path::Path;

/// Any key does where every number is replaced.
pub(super) const REPLACED: u64 = 0;

/// Writes the names of the classes beside the network, if there are any.
pub(crate) fn save_classifier(path: &Path, model: &ClassifierNet, classes: &[String]) -> Outcome {
    let extra = if classes.is_empty() { Value::Null } else { json!({ "classes": classes }) };
    Ok(write(path, "classifier", &[("", &model.net)], extra)?)
}

pub(crate) fn save_autoencoder(path: &Path, model: &Autoencoder) -> Outcome {
    let extra = json!({ "encoder": model.encoder() });
    Ok(write(path, "autoencoder", &[("", &model.net)], extra)?)
}

pub(crate) fn save_vae(path: &Path, model: &Vae) -> Outcome {
    let networks = [("encoder", &model.encoder), ("decoder", &model.decoder)];
    Ok(write(path, "vae", &networks, Value::Null)?)
}

pub(crate) fn save_vq_vae(path: &Path, model: &VqVae) -> Outcome {
    let networks = [("encoder", &model.encoder), ("decoder", &model.decoder), ("codebook", &model.codebook)];
    Ok(write(path, "vq-vae", &networks, Value::Null)?)
}

pub(crate) fn save_gan(path: &Path, model: &Gan) -> Outcome {
    let networks = [("generator", &model.generator), ("discriminator", &model.discriminator)];
    let form = model.spec().form;
    let extra = if form.is_plain() { Value::Null } else { json!({ "form": form }) };
    Ok(write(path, "gan", &networks, extra)?)
}

/// What is known of a model beside its weights.
#[derive(Debug)]
pub(crate) struct Known {
    /// The data its run was trained on; `None` for bare weights.
    pub(crate) data: Option<RunData>,
    /// What its classes are called, in order; empty where they are called by their numbers.
    pub(crate) classes: Vec<String>,
    /// The file of another program that is a network by itself.
    onnx: Option<OnnxFile>,
}

impl Known {
    /// From the weights and, of a run directory, its `config.json`, which alone has the names of older runs.
    pub(super) fn of(path: &Path, weights: &Weights) -> Outcome<Self> {
        let config = if path.is_dir() { read_config(path)? } else { None };
        let in_weights = weights.extra().and_then(|extra| extra["classes"].as_array());
        let in_config = || config.as_ref().and_then(|c| c["class_names"].as_array());
        let names = in_weights.or_else(in_config).into_iter().flatten();
        Ok(Self {
            classes: names.map(|n| n.as_str().unwrap_or_default().to_string()).collect(),
            data: config.as_ref().and_then(|config| RunData::of(path, config)),
            onnx: None,
        })
    }
    /// The model for examples of this shape: a network of an ONNX file may take the same numbers in another.
    pub(crate) fn fitted(&self, model: ClassifierNet, example: [usize; 3]) -> Outcome<ClassifierNet> {
        match &self.onnx {
            Some(file) if model.spec().input != example => {
                Ok(ClassifierNet::of_network(file.network_for(example)?.0)?)
            }
            _ => Ok(model),
        }
    }
}

/// The flag for names of foreign files, refused for a file of ours.
pub(super) fn check_names(file: &Path, weights: &Weights, names: &Names) -> Outcome {
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

/// A classifier from a run directory or a weights file.
pub(crate) fn load_classifier(
    path: &Path,
    net: Option<&AskedNet>,
    names: &Names,
) -> Outcome<(ClassifierNet, Known)> {
    let file = weights_file(path)?;
    if is_onnx(&file) {
        return of_onnx(&file, net, names);
    }
    let weights = read(&file)?;
    Ok((classifier(&file, &weights, net, names)?, Known::of(path, &weights)?))
}

/// A classifier from an ONNX file, which says itself how its network is built.
fn of_onnx(file: &Path, net: Option<&AskedNet>, names: &Names) -> Outcome<(ClassifierNet, Known)> {
    let flag = net.map(AskedNet::flag).or_else(|| names.flag().map(String::from));
    if let Some(flag) = flag {
        let name = flag.split(' ').next().unwrap_or_default();
        let file = file.display();
        return Err(Failure::Usage(format!(
            "{flag}: {file} says itself how its network is built; leave {name} out"
        )));
    }
    let onnx = read_onnx(file)?;
    let (net, notes) = onnx.network().map_err(|e| Failure::at(file, e))?;
    let model = ClassifierNet::of_network(net).map_err(|e| Failure::at(file, e))?;
    tell(&notes);
    Ok((model, Known { data: None, classes: Vec::new(), onnx: Some(onnx) }))
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

/// What a run directory or a weights file says it holds; `None` if it does not say, or cannot be read.
pub(crate) fn kind(path: &Path) -> Option<String> {
    let file = weights_file(path).ok()?;
    if is_onnx(&file) { None } else { read(&file).ok()?.kind().map(String::from) }
}

/// A GAN from a run directory or a weights file, and the data it was trained on.
pub(crate) fn load_judged_gan(path: &Path, names: &Names) -> Outcome<(Gan, Known)> {
    let model = load_gan(path, None, names)?;
    let known = Known::of(path, &read(&weights_file(path)?)?)?;
    Ok((model, known))
}

/// A model that can be judged on labelled examples.
#[derive(Debug)]
pub(crate) enum Judged {
    Classifier(ClassifierNet),
    Autoencoder(Autoencoder),
}

/// A classifier or an autoencoder from a run directory or a weights file. A file of another program is taken for a classifier's.
pub(crate) fn load_judged(path: &Path, net: Option<&AskedNet>, names: &Names) -> Outcome<(Judged, Known)> {
    let file = weights_file(path)?;
    if is_onnx(&file) {
        return of_onnx(&file, net, names).map(|(model, known)| (Judged::Classifier(model), known));
    }
    let weights = read(&file)?;
    let model = match weights.kind() {
        Some("autoencoder") => Judged::Autoencoder(autoencoder(&file, &weights, net, names)?),
        Some("gan") => {
            let what = "a GAN, of which no example can be judged: classifiers and autoencoders can; `sparring generate` draws from it, its figures are in the report.html of its run";
            return Err(Failure::at(&file, what));
        }
        Some("vq-vae") => {
            let what = "an autoencoder with a codebook, whose weights this command cannot use: `sparring eval` and `sparring reconstruct` measure it";
            return Err(Failure::at(&file, what));
        }
        Some("advgan") => {
            let what = "a generator of perturbations, of which no example can be judged: `sparring attack MODEL --attack advgan=RUN` runs it";
            return Err(Failure::at(&file, what));
        }
        Some("vae") => {
            let what = "a variational autoencoder, whose weights this command cannot use: `sparring eval` and `sparring reconstruct` measure it";
            return Err(Failure::at(&file, what));
        }
        _ => Judged::Classifier(classifier(&file, &weights, net, names)?),
    };
    Ok((model, Known::of(path, &weights)?))
}

pub(super) fn autoencoder(
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
        (Some(g), Some(d)) => {
            let told = weights.extra().map_or(Value::Null, |extra| extra["form"].clone());
            let form = if told.is_null() {
                GanForm::default()
            } else {
                from_value(told).map_err(|e| Failure::at(&file, e))?
            };
            GanSpec { generator: g.clone(), discriminator: d.clone(), form }
        }
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
