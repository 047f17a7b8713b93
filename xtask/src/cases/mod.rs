//! `cargo xtask cases`: small inputs that once failed, each tried on the command or by the test of a library.

mod arguments;
mod catalogue;
mod checks;
mod child;
mod disk;
mod ended;
mod flags_refused;
mod foreign;
mod inputs;
mod leftovers;
mod library;
mod memory;
mod numbers;
mod readme;
mod row;
mod run;
mod sandbox;
mod server;
mod signals;
mod table;
mod text;
mod together;
mod trained;
mod training;
mod writing;

pub use run::run;
