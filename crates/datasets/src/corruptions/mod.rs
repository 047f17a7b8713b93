//! Corruptions in the manner of MNIST-C (Mu, Gilmer 2019, arXiv:1906.02337), computed: what happens to images in life, in five severities.
//!
//! The default severity of each is that of the published files, where there is one. [`Follows`] says of each whether it computes what the authors' code does.
//! Lengths are in pixels of 28 x 28 images; larger images keep the lengths, except where a description says otherwise.

mod brightness;
mod canny_edges;
mod contract;
mod contrast;
mod dotted_line;
mod fog;
mod gaussian_blur;
mod gaussian_noise;
mod glass_blur;
mod impulse_noise;
mod motion_blur;
mod registry;
mod rotate;
mod scale;
mod shear;
mod shot_noise;
mod sign;
mod spatter;
mod stripe;
mod stroke;
mod translate;
mod zigzag;

pub use brightness::Brightness;
pub use canny_edges::CannyEdges;
pub use contract::{Corruption, Follows};
pub use contrast::Contrast;
pub use dotted_line::DottedLine;
pub use fog::Fog;
pub use gaussian_blur::GaussianBlur;
pub use gaussian_noise::GaussianNoise;
pub use glass_blur::GlassBlur;
pub use impulse_noise::ImpulseNoise;
pub use motion_blur::MotionBlur;
pub use registry::AnyCorruption;
pub use rotate::Rotate;
pub use scale::Scale;
pub use shear::Shear;
pub use shot_noise::ShotNoise;
pub use spatter::Spatter;
pub use stripe::Stripe;
pub use translate::Translate;
pub use zigzag::Zigzag;
