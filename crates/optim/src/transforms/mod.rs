//! Gradient transformations: what is done to gradients and weights before the rule.

mod any;
mod clip_layer;
mod clip_norm;
mod clip_value;
mod contract;
mod l1;
mod l2;
mod norm;
mod weight_decay;

pub use any::{AnyTransform, TRANSFORMS};
pub use clip_layer::ClipLayer;
pub use clip_norm::ClipNorm;
pub use clip_value::{ClipValue, clip_value};
pub use contract::{Needs, Seen, Transform, TransformInfo};
pub use l1::L1Penalty;
pub use l2::L2Penalty;
pub use norm::{clip_global_norm, global_norm, squares};
pub use weight_decay::WeightDecay;
