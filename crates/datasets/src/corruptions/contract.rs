//! What a corruption is.

use crate::raster::Raster;
use sparring_math::named::{Named, Range};
use sparring_seed::Stream;

/// The paper of all of them.
pub(super) const PAPER: &str = "Mu, Gilmer 2019, arXiv:1906.02337";
/// From faint to strong.
pub(super) const SEVERITY: Range = Range::Whole { low: 1, high: 5 };

/// That of the severity.
pub(super) fn of<T: Copy>(severity: usize, five: [T; 5]) -> T {
    five[severity - 1]
}

/// How a corruption relates to MNIST-C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// The numbers and formulas of its authors' code; at the default severity, one of the 15 corruptions of the published files. Which random numbers are drawn is ours.
    Published,
    /// The numbers and formulas of its authors' code, which has it without publishing files of it.
    Code,
    /// The same idea, with numbers or steps of our own, which its description names.
    Kind,
}

impl Follows {
    /// As one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Code => "code",
            Self::Kind => "kind",
        }
    }
}

/// Something that happens to images and leaves their class as it is.
pub trait Corruption: Named {
    /// What becomes of an image, and by how much at severities 1 to 5.
    const ABOUT: &'static str;
    /// How it relates to MNIST-C.
    const FOLLOWS: Follows;
    /// Changes one image of at least 8 x 8 pixels; its numbers may leave [0, 1], and are clamped by who calls.
    fn apply(&self, image: &mut Raster, random: &mut Stream);
}

/// A struct with a severity: `corruption! { doc.. Name: "name", severity DEFAULT; }`.
macro_rules! corruption {
    ($(#[$doc:meta])* $Name:ident: $name:literal, severity $default:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $Name {
            /// 1 to 5.
            pub severity: usize,
        }
        impl Default for $Name {
            fn default() -> Self {
                Self { severity: $default }
            }
        }
        sparring_math::named! {
            $Name: $name, [], $crate::corruptions::contract::PAPER;
            severity: $crate::corruptions::contract::SEVERITY, "from faint to strong";
        }
    };
}
pub(super) use corruption;
