//! Element-wise kernels over rows of numbers that lie a stride apart: residual sums, concatenation, dropout.
//!
//! Everything here runs on the calling thread, allocates nothing and works on plain slices. `n` rows of `len` numbers; `apart` is the
//! distance between the beginnings of neighbouring rows, one entry for each slice in the order of the arguments.

mod dropout;
mod sum;
#[cfg(test)]
mod tests;

pub use dropout::{drop_threshold, dropout, dropout_in_place};
pub use sum::{accumulate, add, add_relu, copy, relu_grad};
