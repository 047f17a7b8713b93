//! Frosted glass.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// Blurred, shuffled locally, blurred again. In each round every pixel, with chance 1/2, changes places with one at most `reach` away; (sigma, reach, rounds) = (0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2).
    /// The blur goes along both axes; the call in the authors' code reaches a grey image's columns alone.
    GlassBlur: "glass_blur", severity 1
}

impl Corruption for GlassBlur {
    const ABOUT: &'static str = "pixels change places with near ones between two blurs along both axes (the authors' code: along the columns alone)";
    const FOLLOWS: Follows = Follows::Kind;
    fn apply(&self, image: &mut Raster, random: &mut Stream) {
        let (sigma, reach, rounds) =
            of(self.severity, [(0.7, 1, 2), (0.9, 2, 1), (1.0, 2, 3), (1.1, 3, 2), (1.5, 4, 2)]);
        let ([h, w], bytes) = (image.size(), |v: &mut f64| *v = (*v * 255.0).floor() / 255.0);
        image.blur(sigma);
        image.values_mut().iter_mut().for_each(bytes);
        // Within `reach` of the edge pixels only receive, and the last rows and columns are not visited if reach > 1: the authors' ranges.
        for (r, c) in (0..rounds).flat_map(|_| places(reach, h, w)) {
            if random.below(2) == 1 {
                let mut near = |at: usize| at + random.below(2 * reach as u32) as usize - reach;
                let (there_c, there_r) = (near(c), near(r));
                image.channels_mut().for_each(|x| x.swap(r * w + c, there_r * w + there_c));
            }
        }
        image.blur(sigma);
    }
}

/// Rows and columns from `n - reach` down to `reach + 1`.
fn places(reach: usize, h: usize, w: usize) -> impl Iterator<Item = (usize, usize)> {
    let down = move |n: usize| (reach + 1..n - reach + 1).rev();
    down(h).flat_map(move |r| down(w).map(move |c| (r, c)))
}
