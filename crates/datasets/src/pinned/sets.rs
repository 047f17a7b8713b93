//! The known sets.

use super::contract::{Pinned, PinnedFile, Proof};
use crate::catalogue::ALL;
use sparring_math::grammar::same;

/// The names of files that MNIST, Fashion-MNIST and KMNIST share: training images, training labels, test images, test labels.
pub(crate) const MNIST_FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

const fn file(which: usize, sha256: &'static str) -> PinnedFile<'static> {
    let bytes = [47_040_016, 60_008, 7_840_016, 10_008][which];
    PinnedFile { name: MNIST_FILES[which], bytes, proof: Proof::Unpacked(sha256) }
}

const fn served(name: &'static str, bytes: u64, sha256: &'static str) -> PinnedFile<'static> {
    PinnedFile { name, bytes, proof: Proof::Served(sha256) }
}

/// MNIST; mirrors: the PyTorch project's bucket, then the CVDF's.
pub const MNIST: Pinned<'static> = Pinned {
    name: "mnist",
    files: &[
        file(0, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        file(1, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        file(2, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        file(3, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ],
    mirrors: &[
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
};

/// Fashion-MNIST; mirrors: its authors' bucket (http only, which the hashes make harmless), then their repository.
pub const FASHION_MNIST: Pinned<'static> = Pinned {
    name: "fashion-mnist",
    files: &[
        file(0, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        file(1, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        file(2, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        file(3, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ],
    mirrors: &[
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
};

/// KMNIST, from its authors (http only, which the hashes make harmless). The digests are those of TensorFlow Datasets; the MD5 that torchvision has for the same files were not compared.
pub const KMNIST: Pinned<'static> = Pinned {
    name: "kmnist",
    files: &[
        served(
            MNIST_FILES[0],
            18_165_135,
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        ),
        served(MNIST_FILES[1], 29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
        served(MNIST_FILES[2], 3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
        served(MNIST_FILES[3], 5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
    ],
    mirrors: &["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
};

/// QMNIST, from its authors' repository. The labels were read there (their MD5 are torchvision's); of the images nothing but torchvision's MD5 is known to us.
pub const QMNIST: Pinned<'static> = Pinned {
    name: "qmnist",
    files: &[
        PinnedFile {
            name: "qmnist-train-images-idx3-ubyte",
            bytes: 47_040_016,
            proof: Proof::ServedMd5("ed72d4157d28c017586c42bc6afe6370"),
        },
        PinnedFile {
            name: "qmnist-train-labels-idx2-int",
            bytes: 1_920_012,
            proof: Proof::Unpacked("bb1b6e1ec7b04fd5696f1ed50b5f58f8ef195118edd5c93c81783df9740b8ac5"),
        },
        PinnedFile {
            name: "qmnist-test-images-idx3-ubyte",
            bytes: 47_040_016,
            proof: Proof::ServedMd5("1394631089c404de565df7b7aeaf9412"),
        },
        PinnedFile {
            name: "qmnist-test-labels-idx2-int",
            bytes: 1_920_012,
            proof: Proof::Unpacked("92d0ccb8c25f9c6534270fb4be7e1d24a1c6d315edfc8a638bfbd31c70f362dd"),
        },
    ],
    mirrors: &["https://raw.githubusercontent.com/facebookresearch/qmnist/master/"],
};

/// EMNIST, all six splits in one archive, from NIST. The digest is that of TensorFlow Datasets.
pub const EMNIST: Pinned<'static> = Pinned {
    name: "emnist",
    files: &[served(
        "gzip.zip",
        561_753_746,
        "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
    )],
    mirrors: &[
        "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
        "https://biometrics.nist.gov/cs_links/EMNIST/",
    ],
};

/// CIFAR-10, binary version, from its author. The digest is that of TensorFlow Datasets.
pub const CIFAR_10: Pinned<'static> = Pinned {
    name: "cifar-10",
    files: &[served(
        "cifar-10-binary.tar",
        170_052_171,
        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    )],
    mirrors: &["https://www.cs.toronto.edu/~kriz/"],
};

/// Every set whose files are known.
pub const SETS: [Pinned<'static>; 6] = [MNIST, FASHION_MNIST, KMNIST, QMNIST, EMNIST, CIFAR_10];

/// No set of this name has known files.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("nothing is known about a data set {0:?} that could be fetched; known: {known}", known = SETS.map(|s| s.name).join(", "))]
pub struct Unpinned(pub String);

impl Pinned<'static> {
    /// The known set of this name; for one of EMNIST's, as `emnist-letters`, the archive that holds it.
    ///
    /// # Errors
    /// [`Unpinned`] lists the names there are.
    pub fn named(name: &str) -> Result<Self, Unpinned> {
        let folder = ALL.iter().find(|e| same(e.name, name)).map_or(name, |e| e.folder);
        SETS.into_iter().find(|s| same(s.name, folder)).ok_or_else(|| Unpinned(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_lists_every_name() {
        let text = Pinned::named("imagenet").unwrap_err().to_string();
        for set in SETS {
            assert!(text.contains(set.name));
            assert_eq!(Pinned::named(set.name), Ok(set));
            for file in set.files {
                let (digest, long) = match file.proof {
                    Proof::Unpacked(digest) | Proof::Served(digest) => (digest, 64),
                    Proof::ServedMd5(digest) => (digest, 32),
                };
                assert!(
                    digest.len() == long && digest.bytes().all(|b| b.is_ascii_hexdigit()),
                    "{}",
                    file.name
                );
            }
        }
        assert_eq!(Pinned::named("EMNIST-letters"), Ok(EMNIST));
    }
}
