//! The program that runs the cells: this one.

use crate::cli::{Failure, Outcome};
use sparring::math::simd;
use sparring::store::sha256_hex;
use sparring_study::Program;
use std::path::PathBuf;

/// The file of this program, also after it was replaced by another.
pub(crate) fn executable() -> Outcome<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() { Ok(own) } else { Ok(std::env::current_exe()?) }
}

/// Its version and hash, and the instruction set in use.
pub(crate) fn program() -> Outcome<Program> {
    let path = executable()?;
    let bytes = std::fs::read(&path).map_err(|e| Failure::at(&path, e))?;
    Ok(Program {
        version: env!("CARGO_PKG_VERSION").into(),
        sha256: sha256_hex(&bytes),
        isa: simd::isa().to_string(),
    })
}
