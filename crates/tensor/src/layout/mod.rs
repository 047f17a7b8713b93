//! Moving elements without changing them: permute, slice, concatenate, gather and scatter.

mod permute;
mod pick;
mod slice;
pub use permute::{permute, transpose};
pub use pick::{gather_rows, scatter_cols, scatter_rows, select_cols};
pub use slice::{concat, embed_axis, slice_axis};
