//! `cargo xtask workloads`: builds the program of `benches/src/bin/workloads` and runs it.

use crate::run_program::{release, run_here, sparring_release, text};
use std::path::PathBuf;

/// Builds and runs it with these flags.
///
/// # Errors
/// If it cannot be built, or a row fails.
pub fn run(args: &[String]) -> Result<(), String> {
    let program = build()?;
    run_here(text(&program)?, &args.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Builds the program, and the command beside it (a row starts it), as a plain release build; where the program lies.
///
/// # Errors
/// If one of them does not build.
pub fn build() -> Result<PathBuf, String> {
    // Each by itself: built together they would share features.
    sparring_release()?;
    release("workloads", &["--package", "benches", "--bin", "workloads"])
}

/// Numbers of threads that a row is measured with: the one asked for; else two, and one as well for matmuls and their peak.
pub fn thread_counts(row: &str, asked: Option<usize>) -> Vec<usize> {
    match asked {
        Some(n) => vec![n],
        None if row.starts_with("gemm_") || row == "fma_peak" => vec![2, 1],
        None => vec![2],
    }
}
