//! What the files of the known sets must be, and where they are served.

mod contract;
mod sets;

pub use contract::{Pinned, PinnedFile, Proof};
#[cfg(feature = "fetch")]
pub(crate) use contract::{md5, sha256};
pub(crate) use sets::MNIST_FILES;
pub use sets::{CIFAR_10, EMNIST, FASHION_MNIST, KMNIST, MNIST, QMNIST, SETS, Unpinned};
