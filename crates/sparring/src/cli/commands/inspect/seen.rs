//! What was found.

use serde_json::Value;

/// What was found, for people and for machines.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) text: String,
    pub(super) object: Value,
}
