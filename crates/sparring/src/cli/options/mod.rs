//! Flags that several commands share.

mod arch;
mod asked_net;
mod dataset;
mod examples;
mod fit;
mod groups;
mod initialisation;
mod list;
mod machine;
mod model;
mod named;
mod naming;
mod number;
mod shorthand;
mod transform;

pub(crate) use arch::{ActivationFlag, GanActivationFlags, arch};
pub(crate) use asked_net::AskedNet;
pub(crate) use dataset::{DataArgs, Named, RunData, way_between};
pub(crate) use examples::ExampleArgs;
pub(crate) use fit::{FitArgs, fitted};
pub(crate) use groups::GroupArgs;
pub(crate) use initialisation::InitArgs;
pub(crate) use list::{List, twice};
pub(crate) use machine::{MachineArgs, threads, threads_of_environment};
pub(crate) use model::ModelArgs;
pub(crate) use named::{Written, name, written};
pub(crate) use naming::{Names, NamingArgs};
pub(crate) use number::{Budget, above_zero, at_least_zero, count, seed, share, whole};
pub(crate) use shorthand::{ShorthandList, Shorthands};
pub(crate) use transform::TransformArgs;
