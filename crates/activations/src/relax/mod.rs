//! What an activation does to an interval: its image, and lines below and above it.

mod contract;
mod image;
mod line;
mod support;
mod turns;

pub use contract::{Points, Relax};
pub(crate) use image::{ends, image};
pub use line::{Line, Lines};
pub(crate) use support::lines;
pub(crate) use turns::turns;
