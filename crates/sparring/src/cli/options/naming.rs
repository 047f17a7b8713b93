//! The names of a foreign file's tensors.

use crate::cli::{Failure, Outcome};
use sparring::store::{Naming, Renames};
use std::io::Read;
use std::path::PathBuf;

/// Flags of the commands that read weights.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct NamingArgs {
    /// Rules for the names in a weights file of another program: lines `theirs = ours` (`fc1 = 1`) or JSON {"theirs": "ours"}.
    #[arg(long, value_name = "FILE", conflicts_with = "by_order")]
    rename: Option<PathBuf>,
    /// Takes the layers of a weights file of another program in the order of their names, fc2 before fc10; shapes are checked.
    #[arg(long)]
    by_order: bool,
}

/// How tensors find their places.
#[derive(Debug)]
pub(crate) enum Names {
    Same,
    Renamed(Renames),
    ByOrder,
}

impl Names {
    pub(crate) fn naming(&self) -> Naming<'_> {
        match self {
            Self::Same => Naming::Same,
            Self::Renamed(rules) => Naming::Renamed(rules),
            Self::ByOrder => Naming::ByOrder,
        }
    }
    /// The flag that was given.
    pub(crate) fn flag(&self) -> Option<&'static str> {
        match self {
            Self::Same => None,
            Self::Renamed(_) => Some("--rename"),
            Self::ByOrder => Some("--by-order"),
        }
    }
}

/// Most bytes of a file of rules, and one.
const MOST: u64 = (1 << 20) + 1;

impl NamingArgs {
    /// The flags as words of a command line.
    pub(crate) fn words(&self) -> Vec<String> {
        let rename = self.rename.iter().flat_map(|path| ["--rename".into(), path.display().to_string()]);
        rename.chain(self.by_order.then(|| "--by-order".into())).collect()
    }
    /// Reads the rules.
    pub(crate) fn load(&self) -> Outcome<Names> {
        let Some(path) = &self.rename else {
            return Ok(if self.by_order { Names::ByOrder } else { Names::Same });
        };
        let at = |e: &dyn std::fmt::Display| Failure::at(path, format!("--rename: {e}"));
        if !path.metadata().map_err(|e| at(&e))?.is_file() {
            return Err(at(&"not a file"));
        }
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(|e| at(&e))?;
        file.take(MOST).read_to_string(&mut text).map_err(|e| at(&e))?;
        Ok(Names::Renamed(Renames::parse(&text).map_err(|e| at(&e))?))
    }
}
