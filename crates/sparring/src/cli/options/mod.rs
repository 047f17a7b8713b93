//! Flags that several commands share.

mod dataset;
mod list;
mod machine;
mod naming;
mod number;

pub(crate) use dataset::{DataArgs, Named, RunData};
pub(crate) use list::{List, twice};
pub(crate) use machine::{MachineArgs, threads_of_environment};
pub(crate) use naming::{Names, NamingArgs, classifier};
pub(crate) use number::{Budget, above_zero, budget, count, fraction, length, multiple, seed, share, whole};
