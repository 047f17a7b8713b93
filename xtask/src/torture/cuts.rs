//! Trainings interrupted after random steps: the loops of `crates/train/tests/resume.rs`, longer, on a release build.

use crate::run_program::{root, run_in};

/// Interrupts each training after as many random steps.
///
/// # Errors
/// If one that goes on ends in another file than the one that was not interrupted.
pub fn run(cuts: u64) -> Result<(), String> {
    let words = ["test", "--release", "--package", "sparring-train", "--test", "all", "resume::"];
    run_in("cargo", &words, &root(), &[("SPARRING_TORTURE_CUTS", &cuts.to_string())])
}
