//! The fast inner loops. One door ([`Door`]) to each instruction set; everything behind it computes an output element
//! as one chain of multiply-adds over K in order, so every path and every tile shape gives the same bits; [`bf16`] is an arithmetic of its own.
#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod bf16;
pub mod bits;
pub mod crew;
mod dense;
pub mod disjoint;
mod door;
#[cfg(test)]
mod extremes;
mod lanes;
mod pack;
mod patience;
mod portable;
mod scratch;
mod short_rows;
mod sparse;
#[cfg(test)]
mod tests;
mod tile;
mod transpose;

pub use dense::{Start, product};
pub(crate) use door::{Door, Kernels, Patch};
pub(crate) use scratch::Scratch;
pub(crate) use short_rows::ShortRows;
pub(crate) use sparse::{Sparse, SparseKernels};
