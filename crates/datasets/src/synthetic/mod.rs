//! Two-dimensional sets computed from a key, for pictures and quick tests.
//!
//! Every point is a function of (key, its index), so a longer set begins with the shorter one; classes alternate.
//! The textbook figures are scaled by one factor on both axes and centred in the unit square, the box of all attacks;
//! the few noisy points that would leave it are moved to its edge. Shape `[1, 1, 2]`.

mod blobs;
mod contract;
mod moons;
mod plane;
mod rings;

pub use blobs::{Blobs, blobs};
pub use contract::Synthetic;
pub use moons::{Moons, moons};
pub use rings::{Rings, rings};

use crate::Dataset;
use sparring_seed::Key;

/// Registers computed sets: the enum over all of them.
macro_rules! synthetic {
    ($($Name:ident),+ $(,)?) => {
        /// Any computed set, with its parameters: parsed from and printed as `name` or `name(key=value, ..)`.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnySynthetic { $($Name($Name)),+ }

        sparring_math::family! { AnySynthetic: "computed data set"; $($Name),+ }

        impl AnySynthetic {
            /// The set drawn from a key; [`find`](crate::find) takes key 0.
            pub fn dataset(&self, key: Key) -> Dataset {
                match self { $(Self::$Name(set) => set.dataset(key)),+ }
            }
        }
    };
}

synthetic!(Moons, Blobs, Rings);
