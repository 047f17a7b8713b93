#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod prelude;

pub use sparring_activations as activations;
pub use sparring_attacks as attacks;
pub use sparring_autograd as autograd;
pub use sparring_datasets as datasets;
pub use sparring_losses as losses;
pub use sparring_math as math;
pub use sparring_metrics as metrics;
pub use sparring_models as models;
pub use sparring_nn as nn;
pub use sparring_optim as optim;
pub use sparring_oracle as oracle;
pub use sparring_seed as seed;
pub use sparring_store as store;
pub use sparring_tensor as tensor;
pub use sparring_train as train;

/// The examples of the repository's front page, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod front_page {}
