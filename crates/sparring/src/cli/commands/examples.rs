//! The examples that a model is measured on.

use crate::cli::io::table::counted;
use crate::cli::options::Named;
use crate::cli::{Failure, Outcome};
use sparring::datasets::Split;
use sparring::store::read_config;
use std::path::Path;

/// Which examples of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli::commands) enum SplitName {
    Test,
    Train,
    Validation,
}

impl SplitName {
    pub(in crate::cli::commands) fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Train => "training",
            Self::Validation => "validation",
        }
    }
    /// As the flag has it.
    pub(in crate::cli::commands) fn flag(self) -> &'static str {
        if self == Self::Train { "train" } else { self.name() }
    }
}

/// The examples that a model is measured on.
pub(in crate::cli::commands) struct Examples {
    pub(in crate::cli::commands) split: Split,
    /// `1000 test examples of mnist-10k`.
    pub(in crate::cli::commands) words: String,
    /// The set, without what a run held out of its training examples.
    pub(in crate::cli::commands) data: Named,
}

impl Examples {
    /// Those of a set, the first so many if it is said; `run`, whose own data they are, knows what was held out.
    pub(in crate::cli::commands) fn of(
        mut data: Named,
        asked_for: SplitName,
        first: Option<usize>,
        run: Option<&Path>,
    ) -> Outcome<Self> {
        let (held_out, seed) = run.map_or(Ok((0, 0)), held_out)?;
        let validation = data.hold_out(held_out.min(data.set.train.len()), seed);
        let split = match asked_for {
            SplitName::Test => data.set.test.clone(),
            SplitName::Train => data.set.train.clone(),
            SplitName::Validation => validation,
        };
        let (asked, name) = (&data.asked, asked_for.name());
        let examples = |n| counted(n, &format!("{name} example"));
        if split.is_empty() {
            let way = match run {
                Some(_) => {
                    "runs of `train classifier` and `train autoencoder` hold some out, with --validation N or a defence"
                }
                None => {
                    "a run holds some out of its own data (--validation N), and these are not known to be a run's own"
                }
            };
            return Err(Failure::Usage(format!("--split: there are no {name} examples; {way}")));
        }
        if let Some(n) = first.filter(|&n| n > split.len()) {
            return Err(Failure::Usage(format!("--first {n}: {asked} has {}", examples(split.len()))));
        }
        let split = split.first(first.unwrap_or(split.len()));
        let words = format!("{} of {asked}", examples(split.len()));
        Ok(Self { split, words, data })
    }
}

/// How many training examples a run held out, and its seed, which drew them.
fn held_out(run: &Path) -> Outcome<(usize, u64)> {
    let config = read_config(run)?.unwrap_or_default();
    Ok((config["validation"].as_u64().unwrap_or(0) as usize, config["recipe"]["seed"].as_u64().unwrap_or(0)))
}
