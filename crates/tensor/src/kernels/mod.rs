//! The fast inner loops. One table of functions ([`KernelTable`]) for each instruction set; every kernel computes an output element
//! as one chain of multiply-adds over K in order, so every path and every tile shape gives the same bits; [`bf16`] has its own arithmetic.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod backoff;
pub mod bf16;
pub mod bits;
mod dense;
pub mod disjoint;
#[cfg(test)]
mod extremes;
mod lanes;
mod operands;
mod pack;
mod portable;
mod scalars;
mod scratch;
mod short_rows;
mod sparse;
mod table;
#[cfg(test)]
mod tests;
mod tile;
mod transpose;
pub mod workers;

pub use dense::strided_matmul;
pub use operands::ChainStart;
pub(crate) use operands::Patch;
pub(crate) use scalars::Kernels;
pub(crate) use scratch::Scratch;
pub(crate) use short_rows::ShortRows;
pub(crate) use sparse::{Sparse, SparseKernels};
pub(crate) use table::KernelTable;
