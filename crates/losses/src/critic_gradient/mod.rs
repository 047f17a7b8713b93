//! Penalties on a critic's gradient with respect to its input, on rows that hold all numbers of one example's gradient.

mod at_examples;
mod point;
mod r1;
mod r2;
mod squares;
mod wgan_gp;

pub use point::PenaltyPoint;
pub use r1::R1;
pub use r2::R2;
pub use wgan_gp::WganGp;
