//! Layers, initialisers, network specs as data, and victims for attacks.
//!
//! ```
//! use sparring_nn::{Module, Spec, LayerSpec, summary};
//! use sparring_seed::Key;
//! use sparring_tensor::Shape;
//! let spec = Spec::new([1, 28, 28], vec![LayerSpec::Flatten, LayerSpec::linear(784, 10)]);
//! let net = spec.build::<f32>(Key::new(1))?;
//! assert_eq!(net.output_shape(Shape::new(&[5, 1, 28, 28]))?, Shape::new(&[5, 10]));
//! assert_eq!(summary(&net, spec.input)?.parameters, 7850);
//! # Ok::<(), sparring_nn::NnError>(())
//! ```
#![forbid(unsafe_code)]

mod context;
mod error;
pub mod init;
pub mod layers;
mod module;
mod optimizer;
mod param;
mod sequential;
mod spec;
mod summarise;
mod victim;

pub use context::{Bind, Cx, Learned, Mode};
pub use error::{NnError, ShapeError};
pub use init::Init;
pub use module::Module;
pub use optimizer::{Clip, Optimizer};
pub use param::{Kind, Param};
pub use sequential::Sequential;
pub use spec::{LayerSpec, Spec};
pub use summarise::{LayerRow, Summary, parameters, summary};
pub use victim::Victim;
