//! One image of two.

use std::ops::Range;

/// How the images of a batch are mixed with their partners; labels have the same shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// The share of an image's own label, in [0, 1].
    pub share: f64,
    /// Rows and columns that are the partner's; without them every pixel has both, by their shares.
    pub patch: Option<[Range<usize>; 2]>,
}

impl Mix {
    /// Mixes the pixels of `partner` into those of an image.
    ///
    /// # Shapes
    /// Both `c · h · w` for `[c, h, w]`.
    pub fn apply(&self, [_, h, w]: [usize; 3], pixels: &mut [f32], partner: &[f32]) {
        match &self.patch {
            None => {
                let other = (1.0 - self.share) as f32;
                pixels.iter_mut().zip(partner).for_each(|(x, p)| *x += other * (*p - *x));
            }
            Some([rows, columns]) => {
                for (to, from) in pixels.chunks_exact_mut(h * w).zip(partner.chunks_exact(h * w)) {
                    for y in rows.clone() {
                        let row = y * w + columns.start..y * w + columns.end;
                        to[row.clone()].copy_from_slice(&from[row]);
                    }
                }
            }
        }
    }
}
