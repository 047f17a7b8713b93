//! All corruptions.

use super::contract::{Corruption, Follows};
use super::*;
use crate::raster::{Raster, SMALLEST_SIDE};
use crate::{DataError, Pixels, Split};
use sparring_seed::{Key, Stream};

/// Registers corruptions: the enum over all of them.
macro_rules! corruptions {
    ($($Name:ident),+ $(,)?) => {
        /// Any corruption: parsed from and printed as `name` or `name(severity=K)`.
        ///
        /// ```
        /// use sparring_datasets::{Mnist, corruptions::AnyCorruption};
        /// use sparring_seed::Key;
        /// let fog: AnyCorruption = "fog(severity=2)".parse()?;
        /// let test = Mnist::embedded().test.first(10);
        /// let foggy = fog.corrupt(&test, Key::new(0))?;
        /// assert_eq!((foggy.labels(), foggy.id(7)), (test.labels(), 7));
        /// assert!(foggy.row(3).iter().sum::<f32>() > test.row(3).iter().sum());
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // the variants are the structs of the same names
        #[non_exhaustive]
        pub enum AnyCorruption { $($Name($Name)),+ }

        sparring_math::family! { AnyCorruption: "corruption"; $($Name),+ }

        impl AnyCorruption {
            /// The same corruption at another severity, 1 to 5.
            #[must_use]
            pub fn at(&self, severity: usize) -> Self {
                match self { $(Self::$Name(_) => Self::$Name($Name { severity })),+ }
            }
            /// 1 to 5.
            pub fn severity(&self) -> usize {
                match self { $(Self::$Name(c) => c.severity),+ }
            }
            /// What becomes of an image.
            pub fn about(&self) -> &'static str {
                match self { $(Self::$Name(_) => $Name::ABOUT),+ }
            }
            /// How it relates to MNIST-C.
            pub fn follows(&self) -> Follows {
                match self { $(Self::$Name(_) => $Name::FOLLOWS),+ }
            }
            fn apply(&self, image: &mut Raster, random: &mut Stream) {
                match self { $(Self::$Name(c) => c.apply(image, random)),+ }
            }
        }
    };
}

corruptions!(
    ShotNoise,
    ImpulseNoise,
    GlassBlur,
    MotionBlur,
    Shear,
    Scale,
    Rotate,
    Brightness,
    Translate,
    Stripe,
    Fog,
    Spatter,
    DottedLine,
    Zigzag,
    CannyEdges,
    GaussianNoise,
    GaussianBlur,
    Contrast,
);

impl AnyCorruption {
    /// The examples in view, corrupted, with their classes and ids. An image is a function of (kind, severity, key, id): neither the order of the examples nor
    /// which others are there matters. Sets of bytes stay bytes, rounded.
    ///
    /// # Errors
    /// [`DataError::Named`] for a severity outside 1 to 5; [`DataError::Shape`] for examples that are no images of at least 8 x 8 pixels.
    pub fn corrupt(&self, split: &Split, key: Key) -> Result<Split, DataError> {
        self.validate()?;
        let shape @ [_, h, w] = split.shape();
        if h < SMALLEST_SIDE || w < SMALLEST_SIDE {
            return Err(DataError::Shape(format!(
                "{self}: examples are {shape:?}; only images of at least {SMALLEST_SIDE} x {SMALLEST_SIDE} pixels can be corrupted"
            )));
        }
        let key = key.named("corruption").named(self.name());
        let rows = (0..split.len()).flat_map(|i| {
            let x = split.row(i).into_iter().map(f64::from).collect();
            let mut image = Raster::new(shape, x);
            self.apply(&mut image, &mut key.rng(split.id(i)));
            let clamped: Vec<f64> = image.values().iter().map(|v| v.clamp(0.0, 1.0)).collect();
            clamped
        });
        Ok(split.with_pixels(match split.pixels() {
            Pixels::U8(_) => Pixels::U8(rows.map(|v| (v * 255.0).round() as u8).collect()),
            Pixels::F32(_) => Pixels::F32(rows.map(|v| v as f32).collect()),
        }))
    }
}
