#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod backward;
pub mod check;
mod grads;
mod held;
mod op;
pub mod ops;
mod recording;
mod sinks;
mod tape;
mod var;

pub use backward::Path;
pub use check::{CheckError, Checking, gradcheck, gradgradcheck};
pub use grads::Grads;
pub use op::{Handled, Op, Saved, Vjp};
pub use sinks::Sinks;
pub use tape::{NodeView, Tape};
pub use var::Var;
