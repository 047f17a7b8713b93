//! What a computed set is.

use super::modes::Modes;
use crate::{DataError, Dataset, Provenance, Split};
use sparring_math::named::{Named, Range};
use sparring_seed::Key;

/// How many training points a set may have.
pub(super) const POINTS: Range = Range::Whole { low: 2, high: 10_000_000 };
/// How many classes a set may have.
pub(super) const CLASSES: Range = Range::Whole { low: 2, high: 256 };

/// What finds a set by its name, for computed sets that are made of another.
pub type Find<'a> = &'a dyn Fn(&str) -> Result<Dataset, DataError>;

/// A set computed from a key.
pub trait Synthetic: Named {
    /// Training and test points; they never share a point's randomness.
    ///
    /// # Errors
    /// Those of `find`, for a set that is made of another; others have none.
    fn dataset(&self, key: Key, find: Find<'_>) -> Result<Dataset, DataError>;
    /// Where the modes are, of a set that is a mixture of clouds for counting them.
    fn modes(&self) -> Option<Modes> {
        None
    }
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
