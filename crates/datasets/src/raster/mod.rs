//! Single images: as files hold them, as numbers, and what is done to them.

/// The least height and width of a picture, in pixels: smaller examples are points, or strokes of 2 pixels and shifts of 5 would leave nothing of them.
pub const SMALLEST_SIDE: usize = 8;

mod blur;
mod digit;
mod drawn;
mod fit;
mod fit_error;
mod image;
mod picture;
mod resize;
mod warp;

pub(crate) use blur::{Edge, blurred};
pub use fit::{Fit, Fitted};
pub use fit_error::FitError;
pub use image::Raster;
pub(crate) use picture::CONVERT;
pub use picture::Picture;
