//! Denoising autoencoders.
//!
//! loss     MSE(f(x'), x), x' a corrupted x, drawn anew in each step
//! source   Vincent et al. 2008, doi:10.1145/1390156.1390294 (mask), 2010, JMLR 11 (Gauss, salt and pepper)

use super::contract::Variant;
use crate::corruption::{CorruptionKind, InputNoise};
use crate::{ExampleSource, Plan};
use sparring_math::named::{NamedError, Range};

/// The network sees a corrupted image and is to give back the clean one.
///
/// Source: Vincent et al. 2010, JMLR 11, 3371.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Denoising {
    /// What becomes of a pixel.
    pub noise: CorruptionKind,
    /// A standard deviation in pixels of [0, 1], or a probability.
    pub level: f64,
}

impl Default for Denoising {
    fn default() -> Self {
        Self { noise: CorruptionKind::Gauss, level: 0.3 }
    }
}

sparring_math::named! {
    Denoising: "denoising", ["denoise"], "Vincent et al. 2010, JMLR 11";
    noise: Range::Words(CorruptionKind::WORDS), "what becomes of a pixel: normal noise, black, or black or white";
    level: Range::above_to(0.0, 10.0), "standard deviation of gauss; of the others the share of pixels, at most 1";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            if self.noise != CorruptionKind::Gauss && self.level > 1.0 {
                let must = "at most 1 for mask and salt_pepper: it is a probability";
                return Err(NamedError::value("denoising", "level", self.level, must));
            }
            Ok(())
        }
    }
}

impl Variant for Denoising {
    const ABOUT: &'static str = "corrupted images in, clean ones as targets";

    fn plan(&self, _: usize) -> Plan {
        let corruption = InputNoise { kind: self.noise, level: self.level };
        Plan { examples: ExampleSource::Corrupted(corruption), ..Plan::clean() }
    }
}
