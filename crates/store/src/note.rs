//! What was done to a foreign file to make its tensors fit.

use crate::terminal::{MESSAGE, NAME, shown};
use std::fmt;

/// Something a user should be told about the weights just read; its text is a line, of a warning two.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadNote {
    /// Numbers of another type became `f32`.
    Converted {
        /// The type in the file: `F16`, `BF16`, `F64`.
        from: &'static str,
        /// How many tensors.
        tensors: usize,
    },
    /// Tensors without a number were left out.
    Empty {
        /// Their names.
        names: Vec<String>,
    },
    /// PyTorch's counters of the batches that a batch normalisation has seen were left out: no output depends on them.
    Counters {
        /// Their names.
        names: Vec<String>,
    },
    /// All names began with the prefix of a wrapper, or of the module that holds the network.
    Unwrapped {
        /// `module.` (`nn.DataParallel`), `_orig_mod.` (`torch.compile`), `model.`, or several.
        prefix: String,
    },
    /// Names were changed by rules.
    Renamed {
        /// Name in the file, name in the network.
        pairs: Vec<(String, String)>,
    },
    /// How a network of another program was read.
    Import {
        /// What was done.
        what: String,
    },
    /// Tensors were taken in the order of their names.
    ByOrder {
        /// Name in the file, name in the network.
        pairs: Vec<(String, String)>,
        /// Names in the file of layers that have the same shapes as another: only the order of the names tells them apart.
        alike: Vec<String>,
    },
}

fn list(items: impl ExactSizeIterator<Item = String>) -> String {
    const SHOWN: usize = 8;
    let more = items.len().saturating_sub(SHOWN);
    let first = items.take(SHOWN).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{first} and {more} more") } else { first }
}

fn arrows(pairs: &[(String, String)]) -> String {
    list(pairs.iter().map(|(theirs, ours)| format!("{} -> {}", shown(theirs, NAME), shown(ours, NAME))))
}

impl fmt::Display for LoadNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Converted { from: "F64", tensors } => {
                write!(f, "{tensors} tensors of type F64 are rounded to F32")
            }
            Self::Converted { from, tensors } => {
                write!(f, "{tensors} tensors of type {from} are read as F32, which holds each number exactly")
            }
            Self::Empty { names } => {
                write!(f, "left out, without a number: {}", list(names.iter().map(|n| shown(n, NAME))))
            }
            Self::Counters { names } => {
                write!(f, "left out, counters of batches: {}", list(names.iter().map(|n| shown(n, NAME))))
            }
            Self::Unwrapped { prefix } => write!(f, "the prefix `{prefix}` of every name is left out"),
            Self::Renamed { pairs } => write!(f, "renamed: {}", arrows(pairs)),
            Self::Import { what } => f.write_str(&shown(what, MESSAGE)),
            Self::ByOrder { pairs, alike } => {
                write!(f, "by order: {}", arrows(pairs))?;
                if alike.is_empty() {
                    return Ok(());
                }
                let alike = list(alike.iter().map(|n| shown(n, NAME)));
                write!(
                    f,
                    "\nwarning: of equal shapes, told apart by the order of their names alone, which may be wrong: {alike}; --rename FILE says which is which"
                )
            }
        }
    }
}
