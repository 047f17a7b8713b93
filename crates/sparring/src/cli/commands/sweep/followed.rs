//! A command that is run on the finished net of every cell.

use serde_json::Value;
use sparring_study::CellResult;

/// Makes a cell's result of the object that its training printed, and of those of the commands that followed it; `None` if one of them is not such an
/// object.
pub(in crate::cli::commands) type Combine = fn(&Value, &[Value]) -> Option<CellResult>;

/// One command after the training, on its run directory.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cli::commands) struct Followed {
    /// Its files in `logs` begin with it.
    pub(in crate::cli::commands) name: &'static str,
    /// The words before the run directory.
    pub(in crate::cli::commands) command: &'static [&'static str],
    /// The words behind it.
    pub(in crate::cli::commands) flags: Vec<String>,
    /// The set it reads, where that is not the training's.
    pub(in crate::cli::commands) data: Option<String>,
}
