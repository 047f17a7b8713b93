#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod archive;
pub mod augment;
mod batches;
mod catalogue;
mod cifar;
pub mod corruptions;
mod dataset;
mod digest;
mod emnist;
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
mod files;
mod find;
mod fingerprint;
mod folder;
mod holdout;
pub mod idx;
mod image_folder;
mod mini_batch;
mod mixed_in;
pub mod mnist;
pub mod pinned;
mod pixels;
mod place;
mod qmnist;
pub mod raster;
mod rows_in_view;
mod split;
pub mod synthetic;
mod unit;

pub use archive::ArchiveError;
pub use batches::{BatchRows, Batches, Last, Order};
pub use catalogue::{ALL, DatasetEntry, Origin};
pub use cifar::Cifar10;
pub use dataset::{Dataset, Provenance};
pub use emnist::Emnist;
pub use error::DataError;
pub use find::{default_folder, find, find_in, folder_of, roots};
pub use image_folder::ImageFolder;
pub use mini_batch::MiniBatch;
pub use mnist::{FashionMnist, Kmnist, Mnist};
pub use pixels::Pixels;
pub use qmnist::Qmnist;
pub use split::Split;
