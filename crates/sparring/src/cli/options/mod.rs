//! Flags that several commands share.

mod dataset;
mod machine;
mod naming;
mod number;

pub(crate) use dataset::{DataArgs, Named, RunData};
pub(crate) use machine::MachineArgs;
pub(crate) use naming::{Names, NamingArgs, classifier};
pub(crate) use number::{above_zero, budget, count, fraction};
