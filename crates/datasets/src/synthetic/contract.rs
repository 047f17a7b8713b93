//! What a computed set is.

use crate::{Dataset, Provenance, Split};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;

/// How many training points a set may have.
pub(super) const POINTS: Range = Range::Whole { low: 2, high: 10_000_000 };
/// How many classes a set may have.
pub(super) const CLASSES: Range = Range::Whole { low: 2, high: 256 };

/// A set computed from a key.
pub trait Synthetic: Named {
    /// Training and test points; they never share a point's randomness.
    fn dataset(&self, key: Key) -> Dataset;
}

/// `n` training and half as many test points.
pub(super) fn assemble(
    name: String,
    n: usize,
    classes: usize,
    key: Key,
    make: impl Fn(usize, Key) -> Split,
) -> Dataset {
    let (train, test) = (make(n, key.named("train")), make(n / 2, key.named("test")));
    Dataset { name, train, test, classes, class_names: Vec::new(), provenance: Provenance::Generated }
}
