//! Rotations about the centre.

use super::contract::Augmentation;
use super::plane_map::PlaneMap;
use sparring_math::named::Range;
use sparring_seed::Stream;

/// Turns an image about its centre by an angle uniform in [−degrees, degrees], sampled bilinearly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotate {
    /// The largest angle, in degrees.
    pub degrees: f64,
}

impl Default for Rotate {
    fn default() -> Self {
        Self { degrees: 15.0 }
    }
}

sparring_math::named! {
    Rotate: "rotate", ["rotation"], "Simard et al. 2003, doi:10.1109/ICDAR.2003.1227801";
    degrees: Range::from_to(0.0, 180.0), "the largest angle, in degrees";
}

impl Augmentation for Rotate {
    const ABOUT: &'static str = "turns about the centre by up to 15 degrees";

    fn map(&self, rng: &mut Stream) -> Option<PlaneMap> {
        let (sin, cos) = (self.degrees * (2.0 * rng.uniform_f64() - 1.0)).to_radians().sin_cos();
        Some(PlaneMap { matrix: [[cos, -sin], [sin, cos]], ..PlaneMap::IDENTITY })
    }
}
