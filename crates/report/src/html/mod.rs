//! A report as data, and the one HTML file it becomes.

mod block;
mod details;
mod gallery;
mod image_rows;
mod page;
mod render;
mod table;

pub use block::{Block, Code, Fact, Figure, Note, Section, Tile, Tone};
pub use details::Details;
pub use gallery::{Gallery, GalleryEntry, Prediction};
pub use image_rows::{ImageRow, ImageRows};
pub use page::Page;
pub use table::{Cell, Table};

#[cfg(test)]
pub(crate) mod balance;
#[cfg(test)]
mod contrast_test;
#[cfg(test)]
mod every_block_test;
