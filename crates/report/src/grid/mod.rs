//! Pictures from rows of numbers: single images, grids, signed perturbations.

mod image;
mod png_grid;

pub use image::{Image, images_from_rows};
pub use png_grid::{GridSpec, png_grid, save_png};
