//! Flags that several commands share.

mod dataset;
mod machine;
mod number;

pub(crate) use dataset::{DataArgs, Named};
pub(crate) use machine::{MachineArgs, threads_of_environment};
pub(crate) use number::{above_zero, budget, count, fraction, seed, share, whole};
