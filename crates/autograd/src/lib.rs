//! Reverse-mode differentiation, differentiable again.
//!
//! A [`Tape`] records operations on [`Var`]s; [`Tape::backward`] gives values, [`Tape::grad`] gives variables that can be
//! differentiated once more. An operation is one file under `ops/`: its value, its rule written in operations, and its
//! sample for the gradient checks.
//!
//! ```
//! use sparring_autograd::{Tape, ops};
//! use sparring_tensor::Array;
//! let tape = Tape::<f64>::new();
//! let x = tape.leaf(Array::from_slice([2], &[1.0, 2.0]));
//! let y = ops::sum(x * x * x);
//! let dy = tape.grad(y, &[x])[0];                       // 3 x²
//! let d2y = tape.backward(ops::sum(dy), Array::scalar(1.0));
//! assert_eq!(d2y.get(x).unwrap().as_slice(), &[6.0, 12.0]); // 6 x
//! ```
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
