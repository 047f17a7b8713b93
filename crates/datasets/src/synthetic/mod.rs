//! Sets computed from a key: two-dimensional ones for pictures and quick tests, mixtures on which the modes of a GAN are counted, stacked digits, and noise.
//!
//! Every point is a function of (key, its index), so a longer set begins with the shorter one; classes alternate.
//! The textbook figures are scaled by one factor on both axes and centred in the unit square, the box of all attacks;
//! the few noisy points that would leave it are moved to its edge. Shape `[1, 1, 2]`; of stacked digits `[3, 28, 28]`, of noise `[1, 28, 28]`.

mod blobs;
mod contract;
mod grid25;
mod modes;
mod moons;
mod noise;
mod plane;
mod ring8;
mod rings;
mod stacked;

pub use blobs::{Blobs, blobs};
pub use contract::{Find, Synthetic};
pub use grid25::Grid25;
pub use modes::Modes;
pub use moons::{Moons, moons};
pub use noise::{Noise, noise};
pub use ring8::Ring8;
pub use rings::{Rings, rings};
pub use stacked::{Digits, StackedMnist, stacked};

use crate::{DataError, Dataset};
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
            /// The set drawn from a key, those that it is made of found by `find`; [`find`](crate::find) takes key 0 and itself.
            ///
            /// # Errors
            /// Those of `find`.
            pub fn dataset(&self, key: Key, find: Find<'_>) -> Result<Dataset, DataError> {
                match self { $(Self::$Name(set) => set.dataset(key, find)),+ }
            }
            /// Where the modes are, of `ring-8` and `grid-25`; a [`Dataset`] has the text as its name.
            ///
            /// ```
            /// use sparring_datasets::synthetic::AnySynthetic;
            /// let data = sparring_datasets::find("grid-25(n=100)")?;
            /// let modes = data.name.parse::<AnySynthetic>()?.modes().expect("a mixture");
            /// assert_eq!(modes.centres.len(), data.classes);
            /// assert!("moons".parse::<AnySynthetic>()?.modes().is_none());
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn modes(&self) -> Option<Modes> {
                match self { $(Self::$Name(set) => Synthetic::modes(set)),+ }
            }
        }
    };
}

synthetic!(Moons, Blobs, Rings, Ring8, Grid25, StackedMnist, Noise);
