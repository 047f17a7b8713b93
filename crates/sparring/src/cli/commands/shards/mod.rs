//! What the commands have in common that do one whole in cells, kept one by one in a directory: over shards, and after an interruption.

mod place;
mod program;

pub(crate) use place::{claim, goes_on};
pub(crate) use program::{executable, program};
