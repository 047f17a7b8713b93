//! What the files of the known sets must be: lengths and SHA-256 of the unpacked bytes, and where they are served.

use sparring_math::grammar::same;

/// One file: its name without `.gz`, and what it unpacks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinnedFile<'a> {
    /// Name, without `.gz`.
    pub name: &'a str,
    /// Length of the unpacked bytes.
    pub bytes: u64,
    /// SHA-256 of the unpacked bytes, lower-case hexadecimal; the packed ones differ from mirror to mirror.
    pub sha256: &'a str,
}

/// A set known byte for byte. Tests and users may describe their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned<'a> {
    /// Name, which is also its folder's.
    pub name: &'a str,
    /// Its files.
    pub files: &'a [PinnedFile<'a>],
    /// Addresses to which `NAME.gz` is appended, in the order they are tried.
    pub mirrors: &'a [&'a str],
}

/// The names that all sets of the family share: training images, training labels, test images, test labels.
pub(super) const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

const fn file(which: usize, sha256: &'static str) -> PinnedFile<'static> {
    PinnedFile { name: NAMES[which], bytes: [47_040_016, 60_008, 7_840_016, 10_008][which], sha256 }
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

/// Every set known byte for byte.
pub const SETS: [Pinned<'static>; 2] = [MNIST, FASHION_MNIST];

/// No set of this name is known byte for byte.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("nothing is known about a data set {0:?} that could be fetched; known: mnist, fashion-mnist")]
pub struct Unpinned(pub String);

impl Pinned<'static> {
    /// The known set of this name.
    ///
    /// # Errors
    /// [`Unpinned`] lists the names there are.
    pub fn named(name: &str) -> Result<Self, Unpinned> {
        SETS.into_iter().find(|s| same(s.name, name)).ok_or_else(|| Unpinned(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_lists_every_name() {
        let text = Pinned::named("kmnist").unwrap_err().to_string();
        for set in SETS {
            assert!(text.contains(set.name));
            assert_eq!(Pinned::named(set.name), Ok(set));
            assert!(set.files.iter().all(|f| f.sha256.len() == 64));
        }
    }
}
