//! Single images: as files hold them, as numbers, and what is done to them.

mod blur;
mod digit;
mod fit;
mod image;
mod picture;
mod resize;
mod warp;

pub(crate) use blur::{Edge, blurred};
pub use fit::{Fit, FitError, Fitted};
pub use image::Raster;
pub use picture::Picture;
