//! Named network specs and typed models: classifiers, autoencoders, GANs.
//!
//! ```
//! use sparring_models::{Classifier, FgsmRs};
//! use sparring_seed::Key;
//! let net = Classifier::new(FgsmRs::default().spec(), Key::new(1))?;
//! assert_eq!(net.summary().parameters, 166_406);
//! let victim = net.victim();
//! # let _ = victim;
//! # Ok::<(), sparring_models::ModelError>(())
//! ```
#![forbid(unsafe_code)]

mod architectures;
mod autoencoder;
mod classifier;
mod error;
mod gan;
mod registry;

pub use architectures::{ArticleAutoencoder, ArticleGan, FgsmRs, LinearAutoencoder, Madry, Mlp};
pub use autoencoder::Autoencoder;
pub use classifier::Classifier;
pub use error::ModelError;
pub use gan::{Gan, GanSpec};
pub use registry::{ALL, Arch, Family, ModelInfo};
