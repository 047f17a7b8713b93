//! Affine maps of an image.

use super::Raster;

impl Raster {
    /// Moves every channel: the pixel in column `c` and row `r` becomes what lies at `m · (c, r) + shift`, interpolated between its four neighbours; outside all is 0.
    pub fn warp(&mut self, m: [[f64; 2]; 2], shift: [f64; 2]) {
        let [h, w] = self.size();
        self.channels_mut().for_each(|channel| {
            let moved: Vec<f64> = (0..h * w)
                .map(|i| {
                    let (c, r) = ((i % w) as f64, (i / w) as f64);
                    let place = |row: usize| m[row][0] * c + m[row][1] * r + shift[row];
                    between(channel, [h, w], place(1), place(0))
                })
                .collect();
            channel.copy_from_slice(&moved);
        });
    }
    /// [`warp`](Self::warp) by `m` about the middle of the image, which stays where it is.
    pub fn warp_about_middle(&mut self, m: [[f64; 2]; 2]) {
        let [h, w] = self.size().map(|n| (n as f64 - 1.0) / 2.0);
        self.warp(m, [w - m[0][0] * w - m[0][1] * h, h - m[1][0] * w - m[1][1] * h]);
    }
}

/// The value at row `r` and column `c`, bilinear; 0 outside.
fn between(x: &[f64], [h, w]: [usize; 2], r: f64, c: f64) -> f64 {
    let at = |r: f64, c: f64| {
        let inside = r >= 0.0 && c >= 0.0 && r < h as f64 && c < w as f64;
        if inside { x[r as usize * w + c as usize] } else { 0.0 }
    };
    let (top, left) = (r.floor(), c.floor());
    let (down, right) = (r - top, c - left);
    let row = |r: f64| (1.0 - right) * at(r, left) + right * at(r, left + 1.0);
    (1.0 - down) * row(top) + down * row(top + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_steps_copy_and_half_steps_average() {
        let mut raster = Raster::new([1, 2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        raster.warp([[1.0, 0.0], [0.0, 1.0]], [1.0, 0.0]);
        assert_eq!(raster.values(), [2.0, 3.0, 0.0, 5.0, 6.0, 0.0]);
        raster.warp([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.5]);
        assert_eq!(raster.values(), [3.5, 4.5, 0.0, 2.5, 3.0, 0.0]);
        raster.warp_about_middle([[-1.0, 0.0], [0.0, -1.0]]);
        assert_eq!(raster.values(), [0.0, 3.0, 2.5, 0.0, 4.5, 3.5]);
    }
}
