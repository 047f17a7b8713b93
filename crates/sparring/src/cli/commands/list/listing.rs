//! A list, for people and for machines.

use serde_json::Value;

/// A table for people and the same things, more of them, for machines.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) headers: &'static [&'static str],
    pub(super) rows: Vec<Vec<String>>,
    pub(super) objects: Vec<Value>,
    /// What people should know besides; empty for nothing.
    pub(super) below: String,
}
