//! Figures of what flows through a network: numbers of its layers in, what is wrong with them out.

mod effective_rank;
mod histogram;
mod moments;
mod sum;
mod units;

pub use effective_rank::effective_rank;
pub use histogram::Histogram;
pub use moments::RunningMoments;
pub use sum::sum_of;
pub use units::{UnitActivity, UnitFractions};
