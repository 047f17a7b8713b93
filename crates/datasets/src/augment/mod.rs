//! Random changes of training images: one file each.
//!
//! What happens to an example depends on (seed, epoch, id of the example) alone, so neither on threads nor on the order of examples, and a resumed training sees the same images.
//! Rotations, shifts and sizes that stand beside each other are composed and sampled once.

mod beta;
mod chain;
mod contract;
mod cut_mix;
mod cutout;
mod elastic;
#[cfg(test)]
mod golden;
mod image_buffers;
mod mix;
mod mixup;
mod pixel_noise;
mod plane_map;
mod rotate;
mod shift;
#[cfg(test)]
mod tests;
mod zoom;

pub(crate) use chain::Augmenter;
pub use chain::{check_augmentations, check_chain};
pub use contract::Augmentation;
pub use cut_mix::CutMix;
pub use cutout::Cutout;
pub use elastic::Elastic;
pub use image_buffers::ImageBuffers;
pub use mix::Mix;
pub use mixup::Mixup;
pub use pixel_noise::PixelNoise;
pub use plane_map::PlaneMap;
pub use rotate::Rotate;
pub use shift::Shift;
pub use zoom::Zoom;

use sparring_seed::Stream;

/// Registers augmentations: the enum over all of them.
macro_rules! augmentations {
    ($($Name:ident),+ $(,)?) => {
        /// Any augmentation, with its parameters: parsed from and printed as `name` or `name(key=value, ..)`.
        ///
        /// ```
        /// use sparring_datasets::augment::{AnyAugmentation, Rotate};
        /// let rotate: AnyAugmentation = "rotate(degrees=10)".parse()?;
        /// assert_eq!(rotate, Rotate { degrees: 10.0 }.into());
        /// assert_eq!("elastic(34, 4)".parse::<AnyAugmentation>()?.to_string(), "elastic");
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnyAugmentation { $($Name($Name)),+ }

        sparring_math::family! { AnyAugmentation: "augmentation"; $($Name),+ }

        impl AnyAugmentation {
            /// What each does, in one line, in the order of the table.
            pub const ABOUT: &'static [&'static str] = &[$(<$Name as Augmentation>::ABOUT),+];

            /// See [`Augmentation::MIXES`].
            pub fn mixes(&self) -> bool {
                match self { $(Self::$Name(_) => <$Name as Augmentation>::MIXES),+ }
            }
            /// See [`Augmentation::check_size`].
            pub(crate) fn check_size(&self, size: [usize; 2]) -> Result<(), String> {
                match self { $(Self::$Name(one) => one.check_size(size)),+ }
            }
            /// See [`Augmentation::map`].
            pub fn map(&self, rng: &mut Stream) -> Option<PlaneMap> {
                match self { $(Self::$Name(one) => one.map(rng)),+ }
            }
            /// See [`Augmentation::apply`].
            pub fn apply(&self, pixels: &mut [f32], shape: [usize; 3], buffers: &mut ImageBuffers, rng: &mut Stream) {
                match self { $(Self::$Name(one) => one.apply(pixels, shape, buffers, rng)),+ }
            }
            /// See [`Augmentation::mix`].
            pub fn mix(&self, shape: [usize; 3], rng: &mut Stream) -> Option<Mix> {
                match self { $(Self::$Name(one) => one.mix(shape, rng)),+ }
            }
        }
    };
}

augmentations!(Shift, Rotate, Zoom, Elastic, Cutout, PixelNoise, Mixup, CutMix);
