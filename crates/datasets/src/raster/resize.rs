//! Pictures of other sizes.

use super::Raster;

impl Raster {
    /// The rectangle of rows `top..bottom` and columns `left..right`.
    ///
    /// # Panics
    /// If it is empty or leaves the image.
    #[must_use]
    #[track_caller]
    pub fn crop(&self, [top, bottom]: [usize; 2], [left, right]: [usize; 2]) -> Self {
        let ([h, w], c) = (self.size(), self.shape()[0]);
        assert!(
            top < bottom && bottom <= h && left < right && right <= w,
            "raster: {top}..{bottom}, {left}..{right} of {h} x {w}"
        );
        let rows = self.channels().flat_map(|x| x[top * w..bottom * w].chunks_exact(w));
        Self::new(
            [c, bottom - top, right - left],
            rows.flat_map(|row| row[left..right].iter().copied()).collect(),
        )
    }
    /// The whole image in `size` pixels: where an axis shrinks, each pixel is the mean of those that it covers; where it grows, it lies on the line between its neighbours.
    ///
    /// # Panics
    /// If a side is 0.
    #[must_use]
    #[track_caller]
    pub fn resized(&self, size: [usize; 2]) -> Self {
        let ([h, w], c) = (self.size(), self.shape()[0]);
        let (rows, columns) = (weights(h, size[0]), weights(w, size[1]));
        let mut out = Vec::with_capacity(c * size[0] * size[1]);
        for channel in self.channels() {
            // Rows first, then columns.
            let fewer: Vec<f64> = rows
                .iter()
                .flat_map(|taps| {
                    (0..w).map(move |c| taps.iter().map(|&(r, v)| v * channel[r * w + c]).sum::<f64>())
                })
                .collect();
            for row in fewer.chunks_exact(w) {
                out.extend(columns.iter().map(|taps| taps.iter().map(|&(c, v)| v * row[c]).sum::<f64>()));
            }
        }
        Self::new([c, size[0], size[1]], out)
    }
    /// The image moved by whole pixels, right and down, on a canvas of `size`; what is new is 0, what leaves it is lost.
    #[must_use]
    pub fn placed(&self, size: [usize; 2], down: isize, right: isize) -> Self {
        let ([h, w], c) = (self.size(), self.shape()[0]);
        let mut out = Self::new([c, size[0], size[1]], vec![0.0; c * size[0] * size[1]]);
        for (from, to) in self.channels().zip(out.channels_mut()) {
            for (r, row) in from.chunks_exact(w).enumerate().take(h) {
                let Some(r) = r.checked_add_signed(down).filter(|r| *r < size[0]) else { continue };
                for (k, v) in row.iter().enumerate() {
                    if let Some(k) = k.checked_add_signed(right).filter(|k| *k < size[1]) {
                        to[r * size[1] + k] = *v;
                    }
                }
            }
        }
        out
    }
}

/// For each of `to` pixels those of `from` that it is made of, with weights of sum 1.
fn weights(from: usize, to: usize) -> Vec<Vec<(usize, f64)>> {
    assert!(to > 0, "raster: resized to nothing");
    let scale = from as f64 / to as f64;
    let covered = |i: usize| {
        let (low, high) = (i as f64 * scale, ((i + 1) as f64 * scale).min(from as f64));
        let part = |k: usize| (high.min((k + 1) as f64) - low.max(k as f64)) / (high - low);
        (low as usize..(high.ceil() as usize).min(from))
            .map(|k| (k, part(k)))
            .filter(|(_, v)| *v > 0.0)
            .collect()
    };
    let between = |i: usize| {
        let at = ((i as f64 + 0.5) * scale - 0.5).clamp(0.0, from as f64 - 1.0);
        let (k, share) = (at as usize, at.fract());
        vec![(k, 1.0 - share), ((k + 1).min(from - 1), share)]
    };
    (0..to).map(|i| if scale > 1.0 { covered(i) } else { between(i) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(h: usize, w: usize) -> Raster {
        Raster::new([1, h, w], (0..h * w).map(|i| (i % w) as f64).collect())
    }

    #[test]
    fn shrinking_averages_and_growing_draws_lines() {
        assert_eq!(ramp(4, 6).resized([2, 3]).values(), [0.5, 2.5, 4.5, 0.5, 2.5, 4.5]);
        // Three pixels of two: 1.5 each would be wrong; two pixels of three hold one and a half.
        let two = ramp(1, 3).resized([1, 2]);
        assert!((two.values()[0] - 1.0 / 3.0).abs() < 1e-12 && (two.values()[1] - 5.0 / 3.0).abs() < 1e-12);
        assert_eq!(ramp(1, 2).resized([1, 4]).values(), [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(ramp(3, 5).resized([3, 5]), ramp(3, 5));
        let mean = |r: &Raster| r.values().iter().sum::<f64>() / r.values().len() as f64;
        for size in [[7, 5], [13, 29], [1, 1]] {
            assert!((mean(&ramp(31, 37).resized(size)) - 18.0).abs() < 1e-9, "{size:?}");
        }
    }

    #[test]
    fn cutting_out_and_putting_back() {
        let image = ramp(4, 6).crop([1, 3], [2, 5]);
        assert_eq!((image.size(), image.values()), ([2, 3], &[2.0, 3.0, 4.0, 2.0, 3.0, 4.0][..]));
        let placed = image.placed([3, 4], 2, -1);
        assert_eq!(placed.values(), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0]);
    }
}
