//! Tables in README files, written from the lists in the code.

mod families;
mod markdown;
mod markers;
mod run;

pub use run::{run, stale};
