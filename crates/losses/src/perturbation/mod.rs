//! What a network that makes perturbations is trained on.

mod fooling;
mod size_hinge;

pub use fooling::Fooling;
pub use size_hinge::SizeHinge;
