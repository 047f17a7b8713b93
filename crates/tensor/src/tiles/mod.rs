//! Products in tiles of bf16 parts: a weight kept as tiles, multiplied by rows that are cut as they come.

mod block;
mod gemm;
mod panels;
mod rows;

pub(crate) use block::{Begin, Place, Source, multiply};
pub use gemm::gemm_in;
pub use panels::TilePanels;

/// Products of parts for one of numbers.
fn products(parts: usize) -> usize {
    if parts == 1 { 1 } else { 6 }
}
