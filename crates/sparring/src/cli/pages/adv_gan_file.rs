//! Generators of perturbations to files and back.

use super::weights::REPLACED;
use super::weights_file::weights_file;
use crate::cli::{Failure, Outcome};
use serde_json::{from_value, json};
use sparring::attacks::Threat;
use sparring::models::AdvGanSpec;
use sparring::seed::Key;
use sparring::store::{read, write};
use sparring::train::AdvGan;
use std::path::Path;

/// What such a file says it holds.
const KIND: &str = "advgan";

pub(crate) fn save_adv_gan(path: &Path, model: &AdvGan) -> Outcome {
    let networks = [("generator", &model.generator), ("discriminator", &model.discriminator)];
    Ok(write(path, KIND, &networks, json!({ "threat": model.threat() }))?)
}

/// Both networks from a run directory or a weights file.
pub(crate) fn load_adv_gan(path: &Path) -> Outcome<AdvGan> {
    let file = weights_file(path)?;
    let weights = read(&file)?;
    let none = |what: String| {
        Failure::at(&file, format!("{what}; name a run of `sparring train advgan`, or its weights file"))
    };
    match weights.kind() {
        Some(KIND) => {}
        Some(other) => {
            return Err(none(format!("holds a model of kind `{other}`, no generator of perturbations")));
        }
        None => return Err(none("was written by another program".into())),
    }
    let (Some(generator), Some(discriminator)) = (weights.spec("generator"), weights.spec("discriminator"))
    else {
        return Err(none("holds no generator and discriminator".into()));
    };
    let spec = AdvGanSpec { generator: generator.clone(), discriminator: discriminator.clone() };
    let told = weights.extra().map(|extra| extra["threat"].clone()).unwrap_or_default();
    let threat: Threat = from_value(told).map_err(|e| none(format!("says no budget: {e}")))?;
    let mut model = AdvGan::new(spec, threat, Key::new(REPLACED)).map_err(|e| Failure::at(&file, e))?;
    for (name, net) in [("generator", &mut model.generator), ("discriminator", &mut model.discriminator)] {
        weights.load_into(name, net).map_err(|e| Failure::at(&file, e))?;
    }
    Ok(model)
}
