//! What the codes and reconstructions of an autoencoder are worth.

mod grey_entropy;
mod likelihood;
mod mean_image_alarm;
mod neighbours;
mod ridge_probe;

pub use grey_entropy::bce_floor;
pub use likelihood::bits_per_pixel;
pub use mean_image_alarm::{MEAN_IMAGE_LIMIT, departure_from_mean};
pub use neighbours::neighbour_accuracy;
pub use ridge_probe::RidgeProbe;
