//! Optimiser update rules, schedules and clipping on plain slices.
#![forbid(unsafe_code)]

mod contract;
pub use contract::Rule;
