//! The compiled engine: a network compiled once and run many times. Weights stay packed as the kernels read them, buffers are laid out once, a
//! shard of examples runs on one thread from the first layer to the last.
//!
//! The layers' `forward` on a tape stays the definition; the engine is another way to the same numbers, and tests hold the two together. A layer without
//! instructions runs on a tape inside the program; one that spans the batch ends a phase in which shards run by themselves.
//!
//! Read in this order: `lowering`, `instruction`, `block`, `program`, `compile` with `view` and `finish`; `shard` with `forward` and `backward`; `phases`; `inference`; `gradient`, `update`, `training`.

mod backward;
mod batch;
mod batch_norm;
mod block;
mod buffers;
mod compile;
mod cut;
mod extent;
mod finish;
mod first_matmul;
mod forward;
mod fused;
mod gradient;
mod inference;
mod instruction;
mod last_matmul;
mod lowering;
mod outputs;
mod parameter_gradients;
mod pass;
mod phases;
mod program;
mod relu;
mod shard;
mod state;
mod tape_run;
mod training;
mod update;
mod view;
mod weight;

pub(crate) use cut::cuts_by_columns;
pub use inference::{Compiled, Randomness};
pub(crate) use instruction::is_compiled;
pub use lowering::Lowering;
pub use outputs::{Objective, OutputRows};
pub use training::{Engine, EngineState};

sparring_math::compiled_here!(
    Compiled::<f32>::new,
    Compiled::<f32>::set_precision,
    Compiled::<f32>::forward_with,
    Compiled::<f32>::pullbacks_with,
    Engine::<f32>::new,
    Engine::<f32>::gradients,
    Engine::<f32>::update,
    Engine::<f32>::store,
);
