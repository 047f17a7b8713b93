//! Sizes.

use super::contract::Augmentation;
use super::plane_map::PlaneMap;
use sparring_math::named::{NamedError, Range};
use sparring_seed::Stream;

/// Makes an image larger or smaller about its centre, by a factor uniform in [low, high], sampled bilinearly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zoom {
    /// The smallest factor.
    pub low: f64,
    /// The largest factor, not below `low`.
    pub high: f64,
}

impl Default for Zoom {
    fn default() -> Self {
        Self { low: 0.9, high: 1.1 }
    }
}

/// Factors of the size.
const FACTOR: Range = Range::from_to(0.01, 100.0);

sparring_math::named! {
    Zoom: "scale", ["zoom"], "Simard et al. 2003, doi:10.1109/ICDAR.2003.1227801";
    low: FACTOR, "the smallest factor of the size";
    high: FACTOR, "the largest factor of the size";
    {
        fn check_together(&self) -> Result<(), NamedError> {
            if self.low <= self.high {
                return Ok(());
            }
            let (value, must) = (self.high.to_string(), format!("at least low, {}", self.low));
            Err(NamedError::Value { thing: "scale", parameter: "high", value, must })
        }
    }
}

impl Augmentation for Zoom {
    const ABOUT: &'static str = "larger or smaller about the centre, by a factor of 0.9 to 1.1";

    fn map(&self, rng: &mut Stream) -> Option<PlaneMap> {
        let inverse = 1.0 / (self.low + (self.high - self.low) * rng.uniform_f64());
        Some(PlaneMap { matrix: [[inverse, 0.0], [0.0, inverse]], ..PlaneMap::IDENTITY })
    }
}
