//! How a whole network is initialised: one file a scheme.

mod any;
mod contract;
mod edge_of_chaos;
mod gaussian;
mod glorot;
mod graph;
mod he;
mod orthogonal;
mod torch;

pub use any::AnyInitScheme;
pub use edge_of_chaos::EdgeOfChaosInit;
pub use gaussian::GaussianInit;
pub use glorot::GlorotInit;
pub use he::{HeInit, HeMode};
pub use orthogonal::OrthogonalInit;
pub use torch::TorchInit;

pub(super) use contract::{InitScheme, WeightPlace};
