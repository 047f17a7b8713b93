//! Tables in README files and cards of activations, written from the lists in the code.

mod activations;
mod cards;
mod families;
mod markdown;
mod markers;
mod run;

pub use run::{run, stale};
