//! A negative on both sides.

use super::contract::{Corruption, Follows, corruption, of};
use crate::raster::Raster;
use sparring_seed::Stream;

corruption! {
    /// `1 - x` in the outer columns, 1/8, 3/16, 1/4, 5/16, 3/8 of the width on each side. MNIST-C has the third alone.
    Stripe: "stripe", severity 3
}

impl Corruption for Stripe {
    const ABOUT: &'static str =
        "inverted in the outer 1/8, 3/16, 1/4, 5/16, 3/8 of the columns on each side; MNIST-C has 1/4";
    const FOLLOWS: Follows = Follows::Published;
    fn apply(&self, image: &mut Raster, _: &mut Stream) {
        let w = image.size()[1];
        let width = (w as f64 * of(self.severity, [2.0, 3.0, 4.0, 5.0, 6.0]) / 16.0).round() as usize;
        for row in image.values_mut().chunks_exact_mut(w) {
            let (left, right) = (width, w - width);
            row[..left].iter_mut().for_each(|v| *v = 1.0 - *v);
            row[right..].iter_mut().for_each(|v| *v = 1.0 - *v);
        }
    }
}
