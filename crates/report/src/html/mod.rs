//! A report as data, and the one HTML file it becomes.

mod block;
mod gallery;
mod image_cards;
mod image_rows;
mod page;
mod picture;
mod render;
mod table;
mod tone;

pub use block::{Block, Code, Details, Fact, Figure, Note, Section, StatTile};
pub use gallery::{Gallery, GalleryEntry, Prediction};
pub use image_cards::{ImageCard, ImageCards};
pub use image_rows::{ImageRow, ImageRows};
pub use page::Page;
pub use table::{Cell, Table};
pub use tone::Tone;

#[cfg(test)]
pub(crate) mod balance;
#[cfg(test)]
mod contrast_test;
#[cfg(test)]
mod every_block_test;
