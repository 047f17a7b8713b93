//! Attack cards as the command writes them: the figure, and all that `sparring replay` needs to get it again.

use serde::{Deserialize, Serialize};
use sparring::attacks::{AttackCard, BudgetCurve, Course, Report};
use std::path::{Path, PathBuf};

/// The model and the data of a card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Source {
    /// The run directory or file.
    pub(crate) model: PathBuf,
    /// The flags beside it, of a file that does not name its network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) model_flags: Vec<String>,
    /// SHA-256 of its weights file.
    pub(crate) model_sha256: String,
    /// What `--data` named; none for the run's own data.
    #[serde(default)]
    pub(crate) data: Option<String>,
    /// Fingerprint of the images that were attacked.
    pub(crate) data_digest: String,
    /// The run or file that attacks climbed in the model's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) surrogate: Option<PathBuf>,
    /// SHA-256 of its weights file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) surrogate_sha256: Option<String>,
    /// The autoencoder in front of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) purifier: Option<PathBuf>,
    /// SHA-256 of its weights file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) purifier_sha256: Option<String>,
}

impl Source {
    /// The other networks of the evaluation.
    pub(crate) fn beside(&self) -> Beside<'_> {
        Beside { surrogate: self.surrogate.as_deref(), purifier: self.purifier.as_deref() }
    }
    /// Hashes of what is read, by what it is.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let always = [("model", &self.model_sha256), ("images", &self.data_digest)];
        let beside = [("surrogate", &self.surrogate_sha256), ("purifier", &self.purifier_sha256)];
        let beside = beside.into_iter().filter_map(|(name, hash)| Some((name, hash.as_ref()?)));
        always.into_iter().chain(beside).map(|(name, hash)| (name, hash.as_str()))
    }
}

/// Networks beside the model.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside<'a> {
    /// What attacks climb in its place.
    pub(crate) surrogate: Option<&'a Path>,
    /// What its images pass first.
    pub(crate) purifier: Option<&'a Path>,
}

/// An attack as it ran: the name it is shown under, and the text that gives it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ran {
    pub(crate) attack: String,
    pub(crate) call: String,
    /// SHA-256 of the weights of a generator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
}

/// A card with its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Card {
    #[serde(flatten)]
    pub(crate) figure: AttackCard,
    /// The text that gives the attack again.
    pub(crate) call: String,
    /// SHA-256 of the weights of a generator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) generator_sha256: Option<String>,
    /// In a cascade the attacks before it, which left it their images.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) after: Vec<Ran>,
    /// The budgets of a curve; the figure is then of the largest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) budgets: Vec<f32>,
    #[serde(flatten)]
    pub(crate) source: Source,
}

impl Card {
    /// The attack as it ran.
    pub(crate) fn ran(&self) -> Ran {
        Ran {
            attack: self.figure.attack.clone(),
            call: self.call.clone(),
            sha256: self.generator_sha256.clone(),
        }
    }
}

/// The cards of an evaluation by these attacks.
pub(super) fn of_report(report: &Report, suite: &[Ran], source: &Source) -> Vec<Card> {
    let cascade = report.course == Course::Cascade;
    let one = |(k, (result, attack)): (usize, (&sparring::attacks::AttackResult, &Ran))| Card {
        figure: result.card.clone(),
        call: attack.call.clone(),
        generator_sha256: attack.sha256.clone(),
        after: if cascade { suite[..k].to_vec() } else { Vec::new() },
        budgets: Vec::new(),
        source: source.clone(),
    };
    report.attacks.iter().zip(suite).enumerate().map(one).collect()
}

/// The card of a curve.
pub(super) fn of_curve(curve: &BudgetCurve, attack: &Ran, budgets: &[f32], source: &Source) -> Card {
    Card {
        figure: curve.card.clone(),
        call: attack.call.clone(),
        generator_sha256: attack.sha256.clone(),
        after: Vec::new(),
        budgets: budgets.to_vec(),
        source: source.clone(),
    }
}
