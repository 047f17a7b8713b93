//! Which data.

use crate::cli::{Failure, Outcome};
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
    /// A network that takes other inputs is refused before anything is made for it.
    pub(crate) fn fits(&self, input: [usize; 3], what: &str) -> Outcome {
        if self.set.shape() == input {
            return Ok(());
        }
        let shown = |[c, h, w]: [usize; 3]| format!("{c} x {h} x {w}");
        let (has, takes) = (shown(self.set.shape()), shown(input));
        Err(Failure::Usage(format!(
            "--data {}: its examples are {has} (channels, height, width), {what} takes {takes}; name another set, or another --arch where there is one",
            self.asked
        )))
    }
}

impl DataArgs {
    /// Looks the set up.
    pub(crate) fn load(&self) -> Outcome<Named> {
        Named::find(&self.data)
    }
}
