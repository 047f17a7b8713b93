//! Everything needed to repeat a figure.

use crate::{Access, AnyNorm, AttackInfo, Settings, Threat};
use sparring_seed::Key;

/// The card printed with each figure: which attack, with what, from which randomness, on how many examples.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AttackCard {
    /// Name of the attack.
    pub attack: String,
    /// Where it comes from.
    pub paper: String,
    /// What it asked of the model.
    pub access: Access,
    /// How perturbations are measured.
    pub norm: AnyNorm,
    /// How large they may be, in units of the input.
    pub eps: f32,
    /// Gradient steps of a restart.
    pub steps: usize,
    /// Restarts (or samples).
    pub restarts: usize,
    /// Every other parameter, `name=value`, separated by spaces.
    pub parameters: String,
    /// The key given to `evaluate`, 64 hexadecimal digits; it parses back into a [`Key`].
    pub key: String,
    /// Examples evaluated.
    pub n: usize,
    /// The figure: examples still right, as [`AttackResult::survivors`](crate::AttackResult::survivors).
    #[cfg_attr(feature = "serde", serde(default))]
    pub survivors: usize,
    /// Examples that the attack sent forward.
    #[cfg_attr(feature = "serde", serde(default))]
    pub forwards: u64,
    /// Gradients that it took.
    #[cfg_attr(feature = "serde", serde(default))]
    pub backwards: u64,
    /// Version of this crate.
    #[cfg_attr(feature = "serde", serde(default))]
    pub version: String,
    /// What proposed, if not the model itself: the name of the [`Proposer`](crate::Proposer).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub proposals: Option<String>,
}

impl AttackCard {
    /// Without the figure and what it cost.
    pub(super) fn new(info: &AttackInfo, settings: &Settings, threat: &Threat, key: Key, n: usize) -> Self {
        let parameters: Vec<String> =
            settings.others.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Self {
            attack: info.name.to_owned(),
            paper: info.paper.to_owned(),
            access: info.access,
            norm: threat.norm,
            eps: threat.eps,
            steps: settings.steps,
            restarts: settings.restarts,
            parameters: parameters.join(" "),
            key: key.to_string(),
            n,
            survivors: 0,
            forwards: 0,
            backwards: 0,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            proposals: None,
        }
    }
}

impl std::fmt::Display for AttackCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { attack, paper, access, norm, eps, steps, restarts, parameters, key, n, .. } = self;
        let Self { survivors, forwards, backwards, version, proposals, .. } = self;
        write!(
            f,
            "{attack} ({paper}; {access} box) {norm} eps={eps} steps={steps} restarts={restarts} {parameters} key={key} n={n} survivors={survivors} forwards={forwards} backwards={backwards} version={version}"
        )?;
        proposals.iter().try_for_each(|p| write!(f, " proposals={p}"))
    }
}
