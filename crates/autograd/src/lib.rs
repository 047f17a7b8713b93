#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod bind;
pub mod check;
mod contract;
mod grad;
mod grads;
mod inspect;
mod lists;
pub mod ops;
mod pullback;
mod recording;
mod recycle;
mod sinks;
mod stored_op;
mod tape;
mod var;

pub use check::{CheckError, Checking, gradcheck, gradgradcheck};
pub use contract::{Handled, Op, Saved, Tape, Var, Vjp};
pub use grads::Grads;
pub use inspect::{BadGradient, NodeView};
pub use pullback::Path;
pub use sinks::Sinks;
