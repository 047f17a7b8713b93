#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod bind;
pub mod check;
mod grad;
mod grads;
mod inspect;
mod op;
pub mod ops;
mod pullback;
mod recording;
mod recycle;
mod sinks;
mod stored_op;
mod tape;
mod var;

pub use check::{CheckError, Checking, gradcheck, gradgradcheck};
pub use grads::Grads;
pub use inspect::NodeView;
pub use op::{Handled, Op, Saved, Vjp};
pub use pullback::Path;
pub use sinks::Sinks;
pub use tape::Tape;
pub use var::Var;
