//! What a purifier in front of the model is worth: against who does not know of it, and against who does, side by side.

use crate::cli::Outcome;
use crate::cli::io::say;
use sparring::attacks::{AnyAttack, AttackError, Pgd, Square, Threat};
use sparring::datasets::Split;
use sparring::models::{Autoencoder, ClassifierNet};
use sparring::seed::Key;
use sparring::train::{PurifiedBy, PurifierScores, PurifierSettings, purifier_scores};

/// An autoencoder, and the model it stands in front of.
#[derive(Debug)]
pub(super) struct Behind {
    pub(super) bare: ClassifierNet,
    pub(super) purifier: Autoencoder,
}

impl Behind {
    /// What it is worth on these images; `None` with a word where PGD or Square do not work in the norm.
    pub(super) fn scores(
        &self,
        how: (PurifierSettings, u64),
        split: &Split,
        threat: &Threat,
    ) -> Outcome<Option<PurifierScores>> {
        if let Err(why) = admitted(threat) {
            say::note(&format!("grey box and adaptive figures of the purifier are not made: {why}"));
            return Ok(None);
        }
        let purifier = PurifiedBy::Network(&self.purifier.net);
        scored(how, &self.bare, purifier, split, threat).map(Some)
    }
}

/// Whether PGD and Square work in this norm.
pub(super) fn admitted(threat: &Threat) -> Result<(), AttackError> {
    let all: [AnyAttack; 2] = [Pgd::default().into(), Square::default().into()];
    all.iter().try_for_each(|attack| attack.info().admits(threat))
}

/// By attacks as long as these settings say, drawn by this seed.
pub(super) fn scored(
    (settings, seed): (PurifierSettings, u64),
    bare: &ClassifierNet,
    purifier: PurifiedBy<'_>,
    split: &Split,
    threat: &Threat,
) -> Outcome<PurifierScores> {
    say::note(&format!(
        "judging the purifier: PGD-{} without it and through it, Square with {} queries ..",
        settings.steps, settings.queries
    ));
    let key = Key::new(seed).named("purifier");
    Ok(purifier_scores(bare, purifier, split, threat, &settings, key)?)
}
