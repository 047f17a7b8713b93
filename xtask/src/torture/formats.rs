//! Files that are changed at random: the loops of `crates/store/tests/mutated`, longer, on a release build.

use crate::run_program::{root, run_in};

/// Tries as many changed files of each format.
///
/// # Errors
/// If a loop finds a panic, memory beyond its bound, or a changed file of ours that is taken.
pub fn run(cases: u64) -> Result<(), String> {
    let words = [
        "test",
        "--release",
        "--package",
        "sparring-store",
        "--features",
        "onnx",
        "--test",
        "mutated",
        "twenty_thousand",
    ];
    run_in("cargo", &words, &root(), &[("SPARRING_TORTURE_CASES", &cases.to_string())])
}
