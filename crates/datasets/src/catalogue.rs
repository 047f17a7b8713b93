//! The table of data sets.

/// How a set comes to this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Inside the program.
    BuiltIn,
    /// Files in a folder, which `sparring fetch` brings.
    Files,
    /// Computed from a seed.
    Generated,
}

/// What `list datasets` tells of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatasetEntry {
    /// Name for [`find`](crate::find).
    pub name: &'static str,
    /// Training examples.
    pub train: usize,
    /// Test examples.
    pub test: usize,
    /// `[channels, height, width]`.
    pub shape: [usize; 3],
    /// Classes.
    pub classes: usize,
    /// Who made it.
    pub source: &'static str,
    /// Terms of the data.
    pub licence: &'static str,
    /// Its folder under the roots, and its name for `sparring fetch`.
    pub folder: &'static str,
    /// How it is had.
    pub origin: Origin,
}

const fn digits(name: &'static str, train: usize, test: usize, origin: Origin) -> DatasetEntry {
    let source = "LeCun, Cortes, Burges: handwritten digits";
    DatasetEntry {
        name,
        train,
        test,
        shape: [1, 28, 28],
        classes: 10,
        source,
        licence: "CC BY-SA 3.0",
        folder: name,
        origin,
    }
}

const fn plane(name: &'static str, classes: usize, source: &'static str) -> DatasetEntry {
    let (shape, licence) = ([1, 1, 2], "MIT OR Apache-2.0");
    DatasetEntry {
        name,
        train: 2000,
        test: 1000,
        shape,
        classes,
        source,
        licence,
        folder: name,
        origin: Origin::Generated,
    }
}

const fn modes(name: &'static str, classes: usize, source: &'static str) -> DatasetEntry {
    DatasetEntry { train: 100_000, test: 50_000, ..plane(name, classes, source) }
}

const fn emnist(name: &'static str, train: usize, test: usize, classes: usize) -> DatasetEntry {
    let (source, licence) =
        ("Cohen et al. 2017, arXiv:1702.05373, from NIST SD 19", "work of NIST, terms not stated");
    let set = digits(name, train, test, Origin::Files);
    DatasetEntry { classes, source, licence, folder: "emnist", ..set }
}

/// Every set with a name.
pub const ALL: &[DatasetEntry] = &[
    #[cfg(feature = "embedded")]
    digits("mnist-10k", 10_000, 2_000, Origin::BuiltIn),
    digits("mnist", 60_000, 10_000, Origin::Files),
    DatasetEntry {
        name: "fashion-mnist",
        source: "Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747",
        licence: "MIT",
        folder: "fashion-mnist",
        ..digits("", 60_000, 10_000, Origin::Files)
    },
    DatasetEntry {
        source: "Clanuwat et al. 2018, arXiv:1812.01718",
        licence: "CC BY-SA 4.0",
        ..digits("kmnist", 60_000, 10_000, Origin::Files)
    },
    DatasetEntry {
        source: "Yadav, Bottou 2019, arXiv:1905.10498",
        licence: "BSD-3-Clause",
        ..digits("qmnist", 60_000, 60_000, Origin::Files)
    },
    emnist("emnist-byclass", 697_932, 116_323, 62),
    emnist("emnist-bymerge", 697_932, 116_323, 47),
    emnist("emnist-balanced", 112_800, 18_800, 47),
    emnist("emnist-letters", 124_800, 20_800, 26),
    emnist("emnist-digits", 240_000, 40_000, 10),
    emnist("emnist-mnist", 60_000, 10_000, 10),
    DatasetEntry {
        source: "Krizhevsky 2009: Learning multiple layers of features from tiny images",
        licence: "not stated",
        shape: [3, 32, 32],
        ..digits("cifar-10", 50_000, 10_000, Origin::Files)
    },
    plane("moons", 2, "two interleaved half circles, noise 0.1"),
    plane("blobs", 3, "normal clouds on the corners of a triangle"),
    plane("rings", 2, "two concentric circles"),
    modes("ring-8", 8, "eight normal clouds on a circle: Lin et al. 2018, arXiv:1712.04086"),
    modes("grid-25", 25, "normal clouds on a 5 x 5 grid: Lin et al. 2018, arXiv:1712.04086"),
    DatasetEntry {
        source: "three digits of mnist-10k as channels: Metz et al. 2017, arXiv:1611.02163",
        shape: [3, 28, 28],
        classes: 1000,
        ..digits("stacked-mnist", 25_600, 12_800, Origin::Generated)
    },
    DatasetEntry {
        source: "pixels uniform in [0, 1), independent of each other and of the class",
        licence: "MIT OR Apache-2.0",
        ..digits("noise", 10_000, 5_000, Origin::Generated)
    },
];
