//! MNIST-10k, packed into the program.

use crate::idx::{IdxValues, Limits, decode};
use crate::pinned::MNIST_FILES;
use crate::{Dataset, Pixels, Provenance, Split};
use std::sync::OnceLock;

/// Made by `cargo run -p sparring-datasets --example make_embedded -- FOLDER-OF-MNIST`.
const PACKED: [&[u8]; 4] = [
    include_bytes!("../../embedded/train-images-idx3-ubyte.gz"),
    include_bytes!("../../embedded/train-labels-idx1-ubyte.gz"),
    include_bytes!("../../embedded/t10k-images-idx3-ubyte.gz"),
    include_bytes!("../../embedded/t10k-labels-idx1-ubyte.gz"),
];

pub(super) fn mnist_10k() -> Dataset {
    static ONCE: OnceLock<Dataset> = OnceLock::new();
    ONCE.get_or_init(|| {
        let split = |images: usize| {
            Split::new(Pixels::U8(unpack(images).into()), [1, 28, 28], unpack(images + 1))
                .expect("built-in shapes")
        };
        let verified = Provenance::Verified("mnist-10k".into());
        Dataset::new("mnist-10k", split(0), split(2), 10, verified).expect("built-in labels")
    })
    .clone()
}

fn unpack(which: usize) -> Vec<u8> {
    match decode(PACKED[which], &Limits::default()).map(|idx| idx.into_parts().1) {
        Ok(IdxValues::U8(bytes)) => bytes,
        // The test below unpacks the same constants.
        _ => unreachable!("built-in {} is bytes", MNIST_FILES[which]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Hasher;

    #[test]
    fn the_built_in_bytes_are_the_ones_that_were_made() {
        for (which, (bytes, sha256)) in GOLDEN.into_iter().enumerate() {
            let data = unpack(which);
            let mut hasher = Hasher::default();
            hasher.update(&data);
            assert_eq!((data.len(), hasher.finish().as_str()), (bytes, sha256), "{}", MNIST_FILES[which]);
        }
        let size: usize = PACKED.iter().map(|p| p.len()).sum();
        assert!(size < 2_100_000, "{size} bytes in every program");
    }
    /// Length and SHA-256 of the rows without header, checked once against the first rows of the whole set.
    const GOLDEN: [(usize, &str); 4] = [
        (7_840_000, "2f7182bf021ffc5c1f62db987487f14d899b5c639f421a80f3095affc09a7db2"),
        (10_000, "2f345bad07338ec537641465e169cc4b7288a44244f251211c7f842641e7d927"),
        (1_568_000, "170ff6838184f9ec6aaa1bbb5932ed59b7463585418d2da081525165ef21edae"),
        (2_000, "949a3782a9c308bf8ca08ff720810fe1de358fe09887727264c684c785d1ec53"),
    ];
}
