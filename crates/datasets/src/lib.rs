#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod augment;
mod batches;
mod catalogue;
pub mod corruptions;
mod dataset;
mod digest;
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
mod find;
mod holdout;
pub mod idx;
mod mini_batch;
pub mod mnist;
mod pixels;
mod place;
pub mod raster;
mod split;
pub mod synthetic;
mod unit;

pub use batches::{BatchRows, Batches, Last, Order};
pub use catalogue::{ALL, DatasetEntry, Origin};
pub use dataset::{Dataset, Provenance};
pub use error::DataError;
pub use find::{default_folder, find, find_in, folder_of, roots};
pub use mini_batch::MiniBatch;
pub use mnist::{FashionMnist, Mnist};
pub use pixels::Pixels;
pub use split::Split;
