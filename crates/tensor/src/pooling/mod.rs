//! Pooling of `[n, c, h, w]`: windows, argmax indices, averages.

mod average;
mod geometry;
mod max;
mod pixels;
pub use average::{avg_pool2d, avg_pool2d_grad};
pub use geometry::PoolGeometry;
pub use max::max_pool2d;
pub use pixels::{gather_pixels, scatter_pixels};
