//! The table of data sets.

/// How a set comes to this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Inside the program.
    BuiltIn,
    /// Four files in a folder, which `sparring fetch` brings.
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
        origin,
    }
}

const fn plane(name: &'static str, classes: usize, source: &'static str) -> DatasetEntry {
    let (shape, licence) = ([1, 1, 2], "MIT OR Apache-2.0");
    DatasetEntry { name, train: 2000, test: 1000, shape, classes, source, licence, origin: Origin::Generated }
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
        ..digits("", 60_000, 10_000, Origin::Files)
    },
    plane("moons", 2, "two interleaved half circles, noise 0.1"),
    plane("blobs", 3, "normal clouds on the corners of a triangle"),
    plane("rings", 2, "two concentric circles"),
];
