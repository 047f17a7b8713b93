//! What `--attack` names: attacks and presets.

use sparring::attacks::{AnyAttack, AttackError, PRESETS, Preset};

/// What `--attack` names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Choice {
    /// An attack, whose parameters the other flags set.
    Attack(AnyAttack),
    /// A paper's own values, which stay as they are.
    Preset(&'static Preset),
}

impl Choice {
    /// The name it is shown under.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Attack(attack) => attack.info().name,
            Self::Preset(preset) => preset.info.name,
        }
    }
}

impl std::str::FromStr for Choice {
    type Err = AttackError;

    fn from_str(name: &str) -> Result<Self, AttackError> {
        if let Some(preset) = Preset::find(name) {
            return Ok(Self::Preset(preset));
        }
        name.parse().map(Self::Attack).map_err(|e| match e {
            AttackError::Unknown { kind, name, known } => {
                let presets: Vec<_> = PRESETS.iter().map(|p| p.info.name).collect();
                AttackError::Unknown { kind, name, known: format!("{known}, {}", presets.join(", ")) }
            }
            other => other,
        })
    }
}
