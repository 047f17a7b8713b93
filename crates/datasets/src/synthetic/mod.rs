//! Two-dimensional sets computed from a key, for pictures and quick tests.
//!
//! Every point is a function of (key, its index), so a longer set begins with the shorter one; classes alternate.
//! The textbook figures are scaled by one factor on both axes and centred in the unit square, the box of all attacks;
//! the few noisy points that would leave it are moved to its edge. Shape `[1, 1, 2]`.

mod blobs;
mod moons;
mod plane;
mod rings;

pub use blobs::blobs;
pub use moons::moons;
pub use rings::rings;

use crate::{Dataset, Provenance, Split};
use sparring_seed::Key;

/// The set that [`find`](crate::find) gives for this name, 2,000 training and 1,000 test points, drawn from any key: train and test never share a point's randomness.
///
/// Returns `None` for a name that is none of `moons`, `blobs`, `rings`.
pub fn named(name: &str, key: Key) -> Option<Dataset> {
    let (classes, make): (usize, fn(usize, Key) -> Split) = match name {
        "moons" => (2, |n, key| moons(n, 0.1, key)),
        "blobs" => (3, |n, key| blobs(n, 3, 0.04, key)),
        "rings" => (2, |n, key| rings(n, 2, 0.02, key)),
        _ => return None,
    };
    let (train, test) = (make(2000, key.named("train")), make(1000, key.named("test")));
    Some(Dataset { name: name.into(), train, test, classes, provenance: Provenance::Generated })
}
