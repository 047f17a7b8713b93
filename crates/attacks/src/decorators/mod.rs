//! Models around models: each has the traits of what it holds.

mod counting;
mod normalized;
pub use counting::{Counting, Counts};
pub use normalized::Normalized;
