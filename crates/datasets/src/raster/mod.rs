//! Single images as numbers, and what is done to them: blurring, moving, resizing.

mod blur;
mod image;
mod warp;

pub(crate) use blur::{Edge, blurred};
pub use image::Raster;
