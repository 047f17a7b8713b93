//! What `--attack` names: attacks and presets.

use super::suite_attack::SuiteAttack;
use crate::cli::options::Written;
use sparring::attacks::{AnyAttack, PRESETS, Preset};
use sparring::math::named::{Family, NamedError, nearest};
use sparring::train::AdvGanAttack;
use std::path::PathBuf;

/// What `--attack` names.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    /// An attack, whose parameters other flags may set, too.
    Attack(Written<AnyAttack>),
    /// A paper's own values, which stay as they are.
    Preset(&'static Preset),
    /// A generator that was trained to attack: the run it is in.
    Generator(PathBuf),
}

impl Choice {
    /// The name it is shown under.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Attack(attack) => attack.text.parse::<AnyAttack>().map_or("", |a| a.info().name),
            Self::Preset(preset) => preset.info.name,
            Self::Generator(_) => AdvGanAttack::NAME,
        }
    }
}

impl std::str::FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match SuiteAttack::run_in(text) {
            Some(path) if path.as_os_str().is_empty() => Err(NO_RUN.into()),
            Some(path) => Ok(Self::Generator(path.to_path_buf())),
            None if text.trim() == AdvGanAttack::NAME => Err(NO_RUN.into()),
            None => listed(text).map_err(|e| e.to_string()),
        }
    }
}

/// What is missing of a generator.
const NO_RUN: &str = "advgan is a generator that was trained before: name its run, as in advgan=RUN (`sparring train advgan` makes one)";

/// An attack or a preset by its name.
fn listed(text: &str) -> Result<Choice, NamedError> {
    let call = AnyAttack::TABLE.call(text)?;
    if let Some(preset) = Preset::find(call.name) {
        return match call.arguments.first() {
            None => Ok(Choice::Preset(preset)),
            Some((key, value)) => Err(NamedError::NoParameter {
                thing: preset.info.name,
                asked: key.unwrap_or(value).to_owned(),
                nearest: None,
                known: Vec::new(),
            }),
        };
    }
    text.parse().map(Choice::Attack).map_err(|e| match e {
        NamedError::Unknown { kind, asked, known, .. } => {
            let known: Vec<_> = known.into_iter().chain(PRESETS.iter().map(|p| p.info.name)).collect();
            NamedError::Unknown { kind, nearest: nearest(&asked, known.iter().copied()), asked, known }
        }
        other => other,
    })
}
