//! The kernels of batch and layer normalisation on slices.
//!
//! Everything here runs on the calling thread, allocates only in the first calls of a thread and has the same bits on each instruction set. What is summed
//! over a batch is summed example by example in order; the sums of several shards are merged by the caller, in order.

mod batch;
#[cfg(test)]
mod batch_tests;
mod columns;
mod forward;
mod grad_sums;
mod input_grad;
mod layer;
#[cfg(test)]
mod layer_tests;
mod moments;
mod per_channel;

pub use batch::BatchNormBlock;
pub use grad_sums::GradSums;
pub use layer::LayerNormBlock;
pub use moments::Moments;
