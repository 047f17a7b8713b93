//! What wide networks with random weights do to a signal and its gradient, layer by layer.

mod edge;
mod fixed_point;
mod layer;

pub use edge::{EdgeOfChaos, edge_at_length, edge_of_chaos};
pub use fixed_point::{Length, MeanField, mean_field};
pub use layer::{gradient_factor, length_after};
