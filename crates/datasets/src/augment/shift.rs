//! Moves by whole pixels.
//!
//! y[i, j] = x[i − a, j − b], a and b uniform in −pixels ..= pixels; 0 where nothing is

use super::contract::Augmentation;
use super::plane_map::PlaneMap;
use sparring_math::named::Range;
use sparring_seed::Stream;

/// Moves an image up or down and left or right by whole pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// The farthest, on each axis.
    pub pixels: usize,
}

impl Default for Shift {
    fn default() -> Self {
        Self { pixels: 2 }
    }
}

sparring_math::named! {
    Shift: "shift", [], "Simard et al. 2003, doi:10.1109/ICDAR.2003.1227801";
    pixels: Range::Whole { low: 0, high: 1000 }, "the farthest, in whole pixels on each axis";
}

impl Augmentation for Shift {
    const ABOUT: &'static str = "moves by up to 2 whole pixels on each axis, zeros come in";

    fn check_size(&self, [h, w]: [usize; 2]) -> Result<(), String> {
        if self.pixels < h.min(w) {
            return Ok(());
        }
        Err(format!(
            "pixels={} moves images of {w} x {h} wholly out of sight; name fewer than {}",
            self.pixels,
            h.min(w)
        ))
    }
    fn map(&self, rng: &mut Stream) -> Option<PlaneMap> {
        let far = self.pixels as f64;
        let shift = [0; 2].map(|_| far - f64::from(rng.below(2 * self.pixels as u32 + 1)));
        Some(PlaneMap { shift, ..PlaneMap::IDENTITY })
    }
}
