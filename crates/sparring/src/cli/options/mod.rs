//! Flags that several commands share.

mod dataset;
mod list;
mod machine;
mod number;

pub(crate) use dataset::{DataArgs, Named};
pub(crate) use list::{List, twice};
pub(crate) use machine::{MachineArgs, threads_of_environment};
pub(crate) use number::{Budget, above_zero, budget, count, fraction, multiple, seed, share, whole};
