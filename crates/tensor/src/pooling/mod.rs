//! Pooling over the planes of `[n, c, h, w]`: windows, winners, averages.

mod average;
mod geometry;
mod max;
mod planes;
pub use average::{avg_pool2d, avg_pool2d_grad};
pub use geometry::PoolGeometry;
pub use max::max_pool2d;
pub use planes::{gather_planes, scatter_planes};
