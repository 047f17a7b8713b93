#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod context;
mod cost;
mod error;
pub mod init;
mod intact;
pub mod layers;
mod limits;
mod module;
mod optimizer;
mod param;
mod plan;
mod sequential;
mod spec;
mod summarise;
mod victim;

pub use context::{Bind, Cx, Learned, Mode};
pub use cost::Cost;
pub use error::{NnError, ShapeError};
pub use init::Init;
pub use intact::check_parameters;
pub use module::Module;
pub use optimizer::{Clip, Optimizer};
pub use param::{Kind, Param};
pub use plan::{Head, Plan, Stage, Stepper};
pub use sequential::Sequential;
pub use spec::{LayerSpec, Spec};
pub use summarise::{LayerRow, Summary, parameters, summary};
pub use victim::Victim;
