//! MNIST, Fashion-MNIST, KMNIST and the built-in MNIST-10k.
//!
//! The three are four IDX files of the same names, so each needs a folder of its own; their pinned digests
//! tell them apart.

#[cfg(feature = "embedded")]
mod embedded;
mod load;

pub(crate) use load::holds_any;
pub use load::{Kind, load_dir};

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

/// Cursive Japanese, ten of its letters, 60,000 and 10,000 images of 28 x 28 (Clanuwat et al. 2018, arXiv:1812.01718; CC BY-SA 4.0).
pub struct Kmnist;

impl Kmnist {
    /// The four files from `dir`, packed or not; proved to be KMNIST only as they are served, packed.
    ///
    /// # Errors
    /// As [`load_dir`].
    pub fn load(dir: impl AsRef<Path>) -> Result<Dataset, DataError> {
        load_dir(dir, Kind::Kmnist)
    }
}
