//! An attack of an evaluation: one of the library's, or a generator that was trained to be one.

use super::cards::Ran;
use crate::cli::Outcome;
use crate::cli::pages::adv_gan_file::load_adv_gan;
use crate::cli::pages::weights_file::weights_file;
use sparring::attacks::{Attack, AttackError, AttackInfo, Goal, Settings, Threat, Titled};
use sparring::oracle::{Batch, Differentiable};
use sparring::seed::Key;
use sparring::store::sha256_hex;
use sparring::train::AdvGanAttack;
use std::path::Path;
use std::sync::Arc;

/// What runs.
#[derive(Clone, Debug)]
pub(crate) enum SuiteAttack {
    /// An attack or a preset by its name.
    Listed(Titled),
    /// The generator of a run of `sparring train advgan`.
    Learnt(Arc<Learnt>),
}

/// A generator with the file it came from.
#[derive(Debug)]
pub(crate) struct Learnt {
    pub(crate) attack: AdvGanAttack,
    /// `advgan=RUN`.
    call: String,
    /// SHA-256 of its weights file.
    sha256: String,
}

/// What stands before the run of a generator.
const BEFORE: &str = "advgan=";

impl SuiteAttack {
    /// The generator of the run in this directory, or of this weights file.
    pub(crate) fn of_run(path: &Path) -> Outcome<Self> {
        let attack = load_adv_gan(path)?.attack();
        let sha256 = sha256_hex(&std::fs::read(weights_file(path)?)?);
        Ok(Self::Learnt(Arc::new(Learnt { attack, call: format!("{BEFORE}{}", path.display()), sha256 })))
    }
    /// The run that a text names: what stands behind `advgan=`.
    pub(crate) fn run_in(text: &str) -> Option<&Path> {
        text.strip_prefix(BEFORE).map(|path| Path::new(path.trim()))
    }
    /// Name, norms, paper.
    pub(crate) fn info(&self) -> &'static AttackInfo {
        match self {
            Self::Listed(one) => one.info,
            Self::Learnt(one) => one.attack.info(),
        }
    }
    /// As cards write it.
    pub(crate) fn ran(&self) -> Ran {
        let attack = self.info().name.to_owned();
        match self {
            Self::Listed(one) => Ran { attack, call: one.attack.to_string(), sha256: None },
            Self::Learnt(one) => Ran { attack, call: one.call.clone(), sha256: Some(one.sha256.clone()) },
        }
    }
}

impl From<Titled> for SuiteAttack {
    fn from(one: Titled) -> Self {
        Self::Listed(one)
    }
}

impl<M: Differentiable + ?Sized> Attack<M> for SuiteAttack {
    fn about(&self) -> &'static AttackInfo {
        self.info()
    }
    fn settings(&self) -> Settings {
        match self {
            Self::Listed(one) => Attack::<M>::settings(one),
            Self::Learnt(one) => Attack::<M>::settings(&one.attack),
        }
    }
    fn perturb(
        &self,
        model: &M,
        x: Batch<'_>,
        goal: Goal<'_>,
        threat: &Threat,
        key: Key,
        out: &mut [f32],
    ) -> Result<(), AttackError> {
        match self {
            Self::Listed(one) => one.perturb(model, x, goal, threat, key, out),
            Self::Learnt(one) => one.attack.perturb(model, x, goal, threat, key, out),
        }
    }
}
