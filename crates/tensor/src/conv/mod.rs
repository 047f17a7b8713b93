//! Convolution: images transposed to channels-last and padded one at a time, so that the patches of a kernel row lie in the image as
//! contiguous numbers and the tile kernel reads them in place. No patch matrix exists.

mod channel_sum;
mod forward;
mod geometry;
mod input_grad;
mod plan;
#[cfg(test)]
mod tests;
mod weight_grad;

pub use channel_sum::channel_sum;
pub use forward::conv2d;
pub use geometry::ConvGeometry;
pub use input_grad::conv2d_input_grad;
pub use weight_grad::conv2d_weight_grad;
