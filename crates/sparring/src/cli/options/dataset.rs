//! Which data.

use crate::cli::Outcome;
use sparring::datasets::{Dataset, find};

/// The data of a training.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DataArgs {
    /// A folder with the set's files, or a name (see `sparring list datasets`): `mnist-10k` is built in, others are
    /// looked up as $SPARRING_DATA/NAME, then ./data/NAME.
    #[arg(long, default_value = "mnist-10k", value_name = "NAME|DIR")]
    pub(crate) data: String,
}

/// A set and the name it was asked for by.
#[derive(Debug)]
pub(crate) struct Named {
    /// What the user wrote.
    pub(crate) asked: String,
    /// The set.
    pub(crate) set: Dataset,
}

impl Named {
    /// Looks the set up.
    pub(crate) fn find(asked: &str) -> Outcome<Self> {
        Ok(Self { asked: asked.to_string(), set: find(asked)? })
    }
}

impl DataArgs {
    /// Looks the set up.
    pub(crate) fn load(&self) -> Outcome<Named> {
        Named::find(&self.data)
    }
}
