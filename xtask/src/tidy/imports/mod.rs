//! What the files of a crate import from each other, as far as syntax tells.

mod module;
mod resolve;

pub use resolve::{Import, imports};
