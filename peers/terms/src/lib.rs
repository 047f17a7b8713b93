//! What the peers that are crates share: flags and clock, numbers, data, networks and rows.

pub mod clock;
pub mod digits;
pub mod nets;
pub mod rows;
pub mod streams;

/// Whatever goes wrong: a row fails as a whole.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;
