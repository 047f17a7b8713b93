//! Affine maps of the plane, and bilinear sampling.

/// Where the pixel of an image is taken from: source = M · (p − c) + c + t in pixels, rows before columns, with the centre c of the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneMap {
    /// M.
    pub matrix: [[f64; 2]; 2],
    /// t.
    pub shift: [f64; 2],
}

impl PlaneMap {
    /// Nothing moves.
    pub const IDENTITY: Self = Self { matrix: [[1.0, 0.0], [0.0, 1.0]], shift: [0.0; 2] };

    /// The map of a change that is followed by `next`.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let [m, n] = [self.matrix, next.matrix];
        let through = |v: [f64; 2]| m.map(|row| row[0] * v[0] + row[1] * v[1]);
        let columns = [0, 1].map(|j| through([n[0][j], n[1][j]]));
        let moved = through(next.shift);
        Self {
            matrix: [0, 1].map(|i| [columns[0][i], columns[1][i]]),
            shift: [0, 1].map(|i| moved[i] + self.shift[i]),
        }
    }
    /// Samples an image along the map; pixels beyond the border are 0.
    ///
    /// # Shapes
    /// `pixels` `c · h · w` for `[c, h, w]`.
    pub(super) fn sample(&self, pixels: &mut [f32], shape: [usize; 3], padded: &mut Vec<f32>) {
        let [row, column] = self.matrix.map(|row| row.map(|v| v as f32));
        let [cy, cx] = [shape[1], shape[2]].map(|n| (n - 1) as f32 / 2.0);
        let [ty, tx] = self.shift.map(|v| v as f32);
        sample(pixels, shape, padded, |y, x| {
            let (y, x) = (y as f32 - cy, x as f32 - cx);
            [row[0] * y + row[1] * x + (cy + ty), column[0] * y + column[1] * x + (cx + tx)]
        });
    }
}

/// Zeros before an image and behind it, on each axis: a pixel between two is weighed from both, and one behind the border reads only zeros.
const BORDER: [usize; 2] = [1, 2];

/// Takes each pixel from `source(y, x)`, in pixels, by bilinear interpolation; pixels beyond the border are 0.
pub(super) fn sample(
    pixels: &mut [f32],
    [channels, h, w]: [usize; 3],
    padded: &mut Vec<f32>,
    source: impl Fn(usize, usize) -> [f32; 2],
) {
    let wide = w + BORDER[0] + BORDER[1];
    for image in pixels.chunks_exact_mut(h * w).take(channels) {
        padded.clear();
        padded.resize((h + BORDER[0] + BORDER[1]) * wide, 0.0);
        for (y, row) in image.chunks_exact(w).enumerate() {
            let at = (y + BORDER[0]) * wide + BORDER[0];
            padded[at..at + w].copy_from_slice(row);
        }
        for (y, row) in image.chunks_exact_mut(w).enumerate() {
            for (x, to) in row.iter_mut().enumerate() {
                let [sy, sx] = source(y, x);
                // Not a number and beyond the border are the same: zeros.
                let [sy, sx] = [(sy, h), (sx, w)].map(|(v, n)| (v + 1.0).max(0.0).min((n + 1) as f32));
                let (iy, ix) = (sy as usize, sx as usize);
                let (fy, fx) = (sy - iy as f32, sx - ix as f32);
                let at = iy * wide + ix;
                let between = |a: f32, b: f32, f: f32| a + f * (b - a);
                let above = between(padded[at], padded[at + 1], fx);
                let below = between(padded[at + wide], padded[at + wide + 1], fx);
                *to = between(above, below, fy);
            }
        }
    }
}
