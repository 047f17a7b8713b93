//! Single images: as files hold them, as numbers, and what is done to them.

mod blur;
mod image;
mod picture;
mod resize;
mod warp;

pub(crate) use blur::{Edge, blurred};
pub use image::Raster;
pub use picture::Picture;
