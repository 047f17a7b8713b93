//! What `--attack` names: attacks and presets.

use crate::cli::options::Written;
use sparring::attacks::{AnyAttack, PRESETS, Preset};
use sparring::math::named::{Family, NamedError, nearest};

/// What `--attack` names.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    /// An attack, whose parameters other flags may set, too.
    Attack(Written<AnyAttack>),
    /// A paper's own values, which stay as they are.
    Preset(&'static Preset),
}

impl Choice {
    /// The name it is shown under.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Attack(attack) => attack.text.parse::<AnyAttack>().map_or("", |a| a.info().name),
            Self::Preset(preset) => preset.info.name,
        }
    }
}

impl std::str::FromStr for Choice {
    type Err = NamedError;

    fn from_str(text: &str) -> Result<Self, NamedError> {
        let call = AnyAttack::TABLE.call(text)?;
        if let Some(preset) = Preset::find(call.name) {
            return match call.arguments.first() {
                None => Ok(Self::Preset(preset)),
                Some((key, value)) => Err(NamedError::NoParameter {
                    thing: preset.info.name,
                    asked: key.unwrap_or(value).to_owned(),
                    nearest: None,
                    known: Vec::new(),
                }),
            };
        }
        text.parse().map(Self::Attack).map_err(|e| match e {
            NamedError::Unknown { kind, asked, known, .. } => {
                let known: Vec<_> = known.into_iter().chain(PRESETS.iter().map(|p| p.info.name)).collect();
                NamedError::Unknown { kind, nearest: nearest(&asked, known.iter().copied()), asked, known }
            }
            other => other,
        })
    }
}
