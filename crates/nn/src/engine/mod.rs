//! A chain of layers compiled once and run many times: weights stay packed as the kernels read them, buffers are laid out once, whole
//! rows of examples run on one thread from the first layer to the last.
//!
//! The layers' `forward` on a tape stays the definition; a plan is another way to the same numbers, and tests hold the two together.
//! A chain with a layer that has no [`Stage`] (dropout in training, a learnt activation) has no plan and takes the tape.

mod compile;
mod extent;
mod front;
mod frozen;
mod lane;
mod lowering;
mod relu;
mod rows;
mod stepper;
mod tail;
mod through;
mod update;
mod values;
mod weight;

pub use frozen::Plan;
pub use lowering::Lowering;
pub use rows::Head;
pub use stepper::Stepper;

sparring_math::compiled_here!(
    Plan::<f32>::new,
    Plan::<f32>::set_precision,
    Plan::<f32>::forward,
    Plan::<f32>::pullbacks,
    Stepper::<f32>::new,
    Stepper::<f32>::both_ways,
    Stepper::<f32>::update,
    Stepper::<f32>::store,
);
