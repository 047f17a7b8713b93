//! Convolution and pooling on images kept channels-last, `[h][w][c]`, one after the other, with weights that stay in
//! [`Panels`](crate::Panels).
//!
//! Everything here runs on the calling thread, allocates only in the first calls of a thread and works on slices, so that a caller may give
//! different images to different threads. The operations on [`Array`](crate::Array) are these with a transposition at each border.

mod average;
#[cfg(test)]
mod average_tests;
mod axis;
mod backward;
mod bias_grad;
mod block;
mod finite;
mod forward;
mod frame;
mod input_grad;
mod narrow;
mod order;
mod pool;
mod pool_block;
mod pool_kernels;
#[cfg(test)]
mod pool_tests;
mod sparse_input_grad;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tile_tests;
mod tiles;
mod weight_grad;
mod weights;

pub use average::AveragePoolBlock;
pub use backward::BackwardPanels;
pub use block::ConvBlock;
pub(crate) use frame::from_channels_first;
pub use order::{to_channels_first, to_channels_last};
pub use pool_block::PoolBlock;
pub(crate) use weight_grad::WeightGrad;
