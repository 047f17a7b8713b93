//! Learning-rate schedules as data, one file each.
//!
//! A schedule knows nothing of epochs: it is a factor on the base learning rate over the progress of training, 0 to 1, so
//! one value serves every length of training. Adding one is one file and one word in the list below.

mod any;
mod constant;
mod contract;
mod cosine;
mod cyclic;
mod exponential;
mod linear_ramp;
mod multi_step;
mod noam;
mod one_cycle;
mod one_cycle_cosine;
mod piecewise;
mod plateau;
mod polynomial;
mod sequence;
mod step;
mod warm_restarts;

pub use constant::Constant;
pub use contract::{Schedule, ScheduleInfo};
pub use cosine::Cosine;
pub use cyclic::Cyclic;
pub use exponential::ExponentialDecay;
pub use linear_ramp::LinearRamp;
pub use multi_step::{Milestones, MultiStep};
pub use noam::Noam;
pub use one_cycle::OneCycle;
pub use one_cycle_cosine::OneCycleCosine;
pub use piecewise::Piecewise;
pub use plateau::{Better, Plateau, PlateauState};
pub use polynomial::PolynomialDecay;
pub use sequence::Sequence;
pub use step::Step;
pub use warm_restarts::WarmRestarts;

any::schedules!(
    Constant "constant",
    LinearRamp "linear",
    Step "step",
    MultiStep "multistep",
    ExponentialDecay "exponential",
    PolynomialDecay "polynomial",
    Cosine "cosine",
    WarmRestarts "warm-restarts",
    Cyclic "cyclic",
    Noam "noam",
    OneCycleCosine "one-cycle-cosine",
    Piecewise "piecewise",
    Plateau "plateau",
    Sequence "sequence";
    also OneCycle
);
