//! Models that code images, from files.

use super::weights::{Known, REPLACED, autoencoder, check_names};
use super::weights_file::weights_file;
use crate::cli::options::Names;
use crate::cli::{Failure, Outcome};
use sparring::models::{Autoencoder, ImageCoder, Vae, VaeSpec, VqVae, VqVaeSpec};
use sparring::nn::layers::Embedding;
use sparring::seed::Key;
use sparring::store::{Weights, read};
use std::path::Path;

/// A model that codes images.
#[derive(Debug)]
pub(crate) enum Coder {
    Autoencoder(Autoencoder),
    Vae(Vae),
    VqVae(VqVae),
}

impl Coder {
    pub(crate) fn model(&self) -> &dyn ImageCoder {
        match self {
            Self::Autoencoder(model) => model,
            Self::Vae(model) => model,
            Self::VqVae(model) => model,
        }
    }
    /// In a word, for people.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Autoencoder(_) => "autoencoder",
            Self::Vae(_) => "variational autoencoder",
            Self::VqVae(_) => "autoencoder with a codebook",
        }
    }
}

/// What kind of model a run directory or a weights file holds; `None` of a file of another program.
pub(crate) fn kind_of(path: &Path) -> Outcome<Option<String>> {
    let file = weights_file(path)?;
    if sparring::store::is_onnx(&file) {
        return Ok(None);
    }
    Ok(read(&file)?.kind().map(String::from))
}

/// An autoencoder of any kind from a run directory or a weights file of this program.
pub(crate) fn load_coder(path: &Path, names: &Names) -> Outcome<(Coder, Known)> {
    let file = weights_file(path)?;
    let way = "`sparring train autoencoder`, `train vae` and `train vq-vae` make models that code images";
    if sparring::store::is_onnx(&file) {
        return Err(Failure::at(
            &file,
            format!("a network of another program, with no word on where its code is; {way}"),
        ));
    }
    let weights = read(&file)?;
    check_names(&file, &weights, names)?;
    let coder = match weights.kind() {
        Some("autoencoder") => Coder::Autoencoder(autoencoder(&file, &weights, None, &Names::Same)?),
        Some("vae") => Coder::Vae(vae(&file, &weights)?),
        Some("vq-vae") => Coder::VqVae(vq_vae(&file, &weights)?),
        Some(kind) => {
            return Err(Failure::at(
                &file,
                format!("a model of kind `{kind}`, which has no codes of images; {way}"),
            ));
        }
        None => {
            let what = "weights of another program, with no word on where the code is";
            return Err(Failure::at(&file, format!("{what}; {way}")));
        }
    };
    Ok((coder, Known::of(path, &weights)?))
}

fn vae(file: &Path, weights: &Weights) -> Outcome<Vae> {
    let (Some(encoder), Some(decoder)) = (weights.spec("encoder"), weights.spec("decoder")) else {
        return Err(Failure::at(file, "holds no encoder and decoder"));
    };
    let spec = VaeSpec { encoder: encoder.clone(), decoder: decoder.clone() };
    let mut model = Vae::new(spec, Key::new(REPLACED)).map_err(|e| Failure::at(file, e))?;
    for (prefix, net) in [("encoder", &mut model.encoder), ("decoder", &mut model.decoder)] {
        weights.load_into(prefix, net).map_err(|e| Failure::at(file, e))?;
    }
    Ok(model)
}

fn vq_vae(file: &Path, weights: &Weights) -> Outcome<VqVae> {
    let of = |name: &str| weights.spec(name).ok_or_else(|| Failure::at(file, format!("holds no {name}")));
    let (encoder, decoder, codebook) = (of("encoder")?, of("decoder")?, of("codebook")?);
    let table = codebook.layers().find_map(|layer| layer.as_layer::<Embedding>());
    let entries = table.ok_or_else(|| Failure::at(file, "its codebook is no table of vectors"))?.entries;
    let spec = VqVaeSpec { encoder: encoder.clone(), decoder: decoder.clone(), entries };
    let mut model = VqVae::new(spec, Key::new(REPLACED)).map_err(|e| Failure::at(file, e))?;
    let networks =
        [("encoder", &mut model.encoder), ("decoder", &mut model.decoder), ("codebook", &mut model.codebook)];
    for (prefix, net) in networks {
        weights.load_into(prefix, net).map_err(|e| Failure::at(file, e))?;
    }
    Ok(model)
}
