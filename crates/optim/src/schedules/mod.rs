//! Learning-rate schedules as data, one file each.
//!
//! A schedule knows nothing of epochs: it is a factor on the base learning rate over the progress of training, 0 to 1, so
//! one value serves every length of training.

mod any;
mod constant;
mod contract;
mod cosine;
mod one_cycle;
mod piecewise;
mod step;

pub use any::{AnySchedule, SCHEDULES};
pub use constant::Constant;
pub use contract::{Schedule, ScheduleInfo};
pub use cosine::Cosine;
pub use one_cycle::OneCycle;
pub use piecewise::Piecewise;
pub use step::Step;
