//! Where words, bars, files and signals go.

pub(crate) mod json;
pub(crate) mod memory;
pub(crate) mod out;
pub(crate) mod progress;
pub(crate) mod say;
pub(crate) mod signal;
pub(crate) mod table;
