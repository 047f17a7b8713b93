//! Sums and extrema, each in an order fixed by the shape alone.

mod extrema;
mod finite;
mod sums;
pub(crate) use extrema::largest;
pub use extrema::{argmax, argmax_rows, max_abs, max_rows};
pub use finite::{all_finite, are_finite, flush_small};
pub use sums::{Keep, dot, mean, sum, sum_axes};
