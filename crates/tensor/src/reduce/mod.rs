//! Sums and extrema, each in an order fixed by the shape alone.

mod extrema;
mod sums;
pub(crate) use extrema::largest;
pub use extrema::{all_finite, are_finite, argmax, argmax_rows, max_abs, max_rows};
pub use sums::{Keep, dot, mean, sum, sum_axes};
