//! MNIST, Fashion-MNIST and the built-in MNIST-10k.
//!
//! Both sets are four IDX files of the same names, so each needs a folder of its own; the SHA-256 of the unpacked bytes
//! tells them apart.

#[cfg(feature = "embedded")]
mod embedded;
mod load;
mod pinned;

pub(crate) use load::holds_any;
pub use load::{Kind, load_dir};
pub use pinned::{FASHION_MNIST, MNIST, Pinned, PinnedFile, SETS, Unpinned};

use crate::{DataError, Dataset};
use std::path::Path;

/// Handwritten digits, 60,000 and 10,000 images of 28 x 28 (LeCun, Cortes, Burges; CC BY-SA 3.0).
pub struct Mnist;

impl Mnist {
    /// The four files from `dir`, packed or not.
    ///
    /// # Errors
    /// As [`load_dir`].
    pub fn load(dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
        load_dir(dir, Kind::Mnist)
    }
    /// MNIST-10k: the first 10,000 training and the first 2,000 test images, from the program itself. Unpacked once.
    ///
    /// ```
    /// let data = sparring_datasets::Mnist::embedded();
    /// assert_eq!((data.train.len(), data.test.len(), data.shape()), (10_000, 2_000, [1, 28, 28]));
    /// assert_eq!(data.test.first(3).labels(), [7, 2, 1]);
    /// ```
    #[cfg(feature = "embedded")]
    pub fn embedded() -> Dataset {
        embedded::mnist_10k()
    }
}

/// Pictures of clothes, 60,000 and 10,000 images of 28 x 28 (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747; MIT).
pub struct FashionMnist;

impl FashionMnist {
    /// The four files from `dir`, packed or not.
    ///
    /// # Errors
    /// As [`load_dir`].
    pub fn load(dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
        load_dir(dir, Kind::FashionMnist)
    }
}
