#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod backward;
pub mod check;
mod grads;
mod op;
pub mod ops;
mod tape;
mod var;

pub use backward::Path;
pub use check::{CheckError, Checking, gradcheck, gradgradcheck};
pub use grads::{Grads, Sinks};
pub use op::{Handled, Op, Saved, Vjp};
pub use tape::{NodeView, Tape};
pub use var::Var;
