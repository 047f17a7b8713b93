//! The rules of the house, checked: one file a group of rules.

mod circles;
mod doors;
mod imports;
mod machine_paths;
mod mentions;
mod names;
mod one_meaning;
mod operations;
mod outside;
mod packages;
mod problem;
mod roots;
mod run;
mod sizes;
mod source;
mod tree;
mod unnamed_tests;
mod unsafety;
mod words;

pub use run::run;
