//! Training loops: standard, adversarial, autoencoder, GAN.
//!
//! ```
//! use sparring_datasets::synthetic;
//! use sparring_models::{Classifier, Mlp};
//! use sparring_seed::Key;
//! use sparring_train::{Recipe, accuracy, fit};
//! let moons = synthetic::moons(Key::new(1))?;
//! let spec = Mlp { input: [1, 1, 2], hidden: vec![16, 16], classes: 2, ..Mlp::default() }.spec();
//! let mut net = Classifier::new(spec, Key::new(2))?;
//! fit(&mut net, &moons.train, &Recipe { epochs: 10, lr: 0.02, batch: 32, ..Recipe::default() })?;
//! assert!(accuracy(&net, &moons.test)? > 0.9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod autoencoder;
mod classifier;
mod defense;
mod error;
mod gan;
mod observe;
mod parallel;
mod recipe;
mod supervised;

pub use autoencoder::{fit_autoencoder, fit_autoencoder_with, pixels, reconstruct, reconstruction_mse};
pub use classifier::{accuracy, fit, fit_with};
pub use defense::Defense;
pub use error::TrainError;
pub use gan::{Alarm, GanEpoch, GanObserver, GanRecipe, GanSummary, GanSteps, fit_gan};
pub use observe::{Epoch, Flow, Observer, Quiet, Step};
pub use recipe::Recipe;
pub use supervised::Summary;
