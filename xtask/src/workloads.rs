//! `cargo xtask workloads`: builds the program of `benches/src/bin/workloads` and runs it.

use crate::run_program::{root, run_here};
use std::path::PathBuf;

/// Builds and runs it with these flags.
///
/// # Errors
/// If it cannot be built, or a row fails.
pub fn run(args: &[String]) -> Result<(), String> {
    let program = build()?;
    let program = program.to_str().ok_or("the target folder's name is no UTF-8")?;
    run_here(program, &args.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Builds the program, and the command beside it (a row starts it), as a plain release build; where the program lies.
///
/// # Errors
/// If one of them does not build.
pub fn build() -> Result<PathBuf, String> {
    // Each by itself: built together they would share features.
    run_here("cargo", &["build", "--release", "--package", "sparring"])?;
    run_here("cargo", &["build", "--release", "--package", "benches", "--bin", "workloads"])?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |t| root().join(t));
    Ok(target.join("release").join(format!("workloads{}", std::env::consts::EXE_SUFFIX)))
}
