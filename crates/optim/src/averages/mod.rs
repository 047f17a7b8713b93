//! Averages of the weights of all steps: one file each.

mod any;
mod ema;
mod swa;

pub use any::{AVERAGES, AnyAverage};
pub use ema::Ema;
pub use swa::Swa;
