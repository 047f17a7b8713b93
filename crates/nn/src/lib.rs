#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod any_layer;
mod context;
mod cost;
mod engine;
mod error;
mod fields;
mod graph;
mod graph_outputs;
mod graph_serde;
mod group;
pub mod init;
mod layer;
mod layer_serde;
pub mod layers;
mod lipschitz;
mod loss;
mod method;
mod network;
mod optimizer;
mod param;
mod param_spec;
mod params;
mod summary;
mod victim;

pub use any_layer::AnyLayer;
pub use context::{Bind, Cx, Learned, Mode};
pub use cost::Cost;
pub use engine::{Compiled, Engine, EngineState, Lowering, Objective, OutputRows, Randomness};
pub use error::{NnError, ShapeError};
pub use graph::{Graph, Node, Source};
pub use group::{Decay, Group};
pub use init::{AnyInitScheme, Init, Lsuv, LsuvLayer};
pub use layer::{Layer, Span, TorchArgument};
pub use layers::register;
pub use lipschitz::Lipschitz;
pub use loss::loss;
pub use method::Method;
pub use network::{Network, ReplaceParam};
pub use optimizer::Optimizer;
pub use param::Param;
pub use param_spec::{ParamInit, ParamKind, ParamSpec};
pub use params::Params;
pub use summary::{LayerRow, Summary};
pub use victim::Victim;
