//! `cargo xtask compare`: the speed of the working tree against an older commit, row by row of the workloads.

mod arguments;
mod checkout;
mod comparison;
mod markdown;
mod measurement;
mod run;
mod side;

pub use run::run;
