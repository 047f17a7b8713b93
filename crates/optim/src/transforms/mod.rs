//! Gradient transformations: what is done to gradients and weights before the rule, and to weights after it.

mod adaptive_clip;
mod any;
mod clip_layer;
mod clip_norm;
mod clip_value;
mod clip_weights;
mod contract;
mod elastic_net;
mod l1;
mod l2;
mod lookahead;
mod max_norm;
mod norm;
mod orthogonal;
mod weight_decay;

pub use adaptive_clip::AdaptiveClip;
pub use any::{AnyTransform, TRANSFORMS};
pub use clip_layer::ClipLayer;
pub use clip_norm::ClipNorm;
pub use clip_value::{ClipValue, clip_value};
pub use clip_weights::ClipWeights;
pub use contract::{Seen, Transform, TransformInfo};
pub use elastic_net::ElasticNet;
pub use l1::L1Penalty;
pub use l2::L2Penalty;
pub use lookahead::Lookahead;
pub use max_norm::MaxNorm;
pub use norm::{clip_global_norm, global_norm, squares};
pub use orthogonal::OrthogonalPenalty;
pub use weight_decay::WeightDecay;
