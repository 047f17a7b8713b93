//! Matmuls in tiles of bf16 terms: a weight packed as tiles, multiplied by rows that are split on the fly.

mod block;
mod gemm;
mod panels;
mod rows;

pub(crate) use block::{Begin, Place, Source, multiply};
pub use gemm::gemm_in;
pub use panels::TilePanels;

/// Products of terms for one product of numbers.
fn products(terms: usize) -> usize {
    if terms == 1 { 1 } else { 6 }
}
