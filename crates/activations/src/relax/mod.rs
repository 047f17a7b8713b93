//! What an activation does to an interval: its image, and lines below and above it.

mod contract;
mod image;
mod line;
mod shape;
mod support;
mod turns;

pub use contract::Relax;
pub(crate) use image::{ends, image};
pub use line::{LinearBound, LinearBounds};
pub use shape::{Points, Turns};
pub(crate) use support::lines;
pub(crate) use turns::turns;
