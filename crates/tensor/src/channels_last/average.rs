//! Average pooling of channels-last images.

use crate::extent::addressable;
use crate::{Elem, PoolGeometry, TensorError};
use sparring_math::simd::{self, Isa};

/// Average pooling of images `[h][w][c]` to `[oh][ow][c]`: the extents, checked.
///
/// Padding counts as zeros, PyTorch's `count_include_pad=True`, as in [`avg_pool2d`](crate::pooling::avg_pool2d). A window is summed row by row, the rows
/// then added in order.
///
/// ```
/// use sparring_tensor::{PoolGeometry, channels_last::AveragePoolBlock};
/// let pool = AveragePoolBlock::new([2, 2], 1, PoolGeometry::default()).unwrap();
/// let (mut y, mut dx) = ([0.0], [9.0; 4]);
/// pool.mean(&[1.0, 4.0, 3.0, 4.0], &mut y);
/// pool.unmean(&[0.5], &mut dx);
/// assert_eq!((y, dx), ([3.0], [0.125; 4]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AveragePoolBlock {
    input: [usize; 2],
    pub(super) output: [usize; 2],
    c: usize,
    geometry: PoolGeometry,
}

impl AveragePoolBlock {
    /// Pooling of `channels` channels over images of `[h, w]` pixels.
    ///
    /// # Errors
    /// [`TensorError::Window`] as [`PoolGeometry::output`]; [`TensorError::TooLarge`] if no memory could hold the padded image.
    pub fn new(input: [usize; 2], channels: usize, geometry: PoolGeometry) -> Result<Self, TensorError> {
        let output = geometry.output(input)?;
        let [height, width] = [0, 1].map(|d| input[d].saturating_add(2 * geometry.padding[d]));
        // The output is not larger: a window begins at every pixel of the padded image, at most.
        addressable(&[("an image with its border", &[height, width, channels])])?;
        Ok(Self { input, output, c: channels, geometry })
    }
    /// One window over the whole image: the mean of each channel, an output of 1 x 1.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn global(input: [usize; 2], channels: usize) -> Result<Self, TensorError> {
        Self::new(input, channels, PoolGeometry { kernel: input, stride: input, padding: [0, 0] })
    }
    /// Pixels of the output, `[oh, ow]`.
    pub fn output(&self) -> [usize; 2] {
        self.output
    }
    /// Numbers in an image.
    pub fn image(&self) -> usize {
        self.input[0] * self.input[1] * self.c
    }
    /// Numbers in the output of an image.
    pub fn result(&self) -> usize {
        self.output[0] * self.output[1] * self.c
    }
    /// y = Σ window / (area of the window).
    ///
    /// # Shapes
    /// `x` \[h\]\[w\]\[c\], `y` \[oh\]\[ow\]\[c\]; or several images one after the other.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn mean<E: Elem>(&self, x: &[E], y: &mut [E]) {
        self.mean_on(simd::isa(), x, y);
    }
    /// The gradient of `x` in [`mean`](Self::mean), written whole: each pixel receives dy / (area of the window) from every window it lies in.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn unmean<E: Elem>(&self, dy: &[E], dx: &mut [E]) {
        self.unmean_on(simd::isa(), dy, dx);
    }

    #[track_caller]
    pub(super) fn mean_on<E: Elem>(&self, isa: Isa, x: &[E], y: &mut [E]) {
        self.fits(x.len(), y.len());
        if self.c > 0 {
            for (x, y) in x.chunks_exact(self.image()).zip(y.chunks_exact_mut(self.result())) {
                simd::dispatch_on(isa, Mean { block: self, x, y });
            }
        }
    }
    #[track_caller]
    pub(super) fn unmean_on<E: Elem>(&self, isa: Isa, dy: &[E], dx: &mut [E]) {
        self.fits(dx.len(), dy.len());
        if self.c > 0 {
            for (dy, dx) in dy.chunks_exact(self.result()).zip(dx.chunks_exact_mut(self.image())) {
                simd::dispatch_on(isa, Unmean { block: self, dy, dx });
            }
        }
    }
    #[track_caller]
    fn fits(&self, x: usize, y: usize) {
        let n = x / self.image().max(1);
        assert!(
            n.checked_mul(self.image()) == Some(x) && n.checked_mul(self.result()) == Some(y),
            "average pool: {x} and {y} numbers are not whole images of {:?} and {:?} x {}",
            self.input,
            self.output,
            self.c
        );
    }
    /// 1 / (area of the window).
    fn scale<E: Elem>(&self) -> E {
        let [height, width] = self.geometry.kernel.map(|k| k as f64);
        E::of(1.0 / (height * width))
    }
}

/// Blocks of channels from `first` on, `W` wide: 32, then 16; fewer than 16 channels by 4, fewer than 4 one by one. The last block
/// overlaps the one before.
macro_rules! for_blocks {
    ($c:expr, |$first:ident, $W:ident| $body:expr) => {{
        let c = $c;
        let mut $first = 0;
        while c - $first >= 32 {
            const $W: usize = 32;
            $body;
            $first += $W;
        }
        while $first < c && c >= 16 {
            const $W: usize = 16;
            $first = $first.min(c - $W);
            $body;
            $first += $W;
        }
        while $first < c && c >= 4 {
            const $W: usize = 4;
            $first = $first.min(c - $W);
            $body;
            $first += $W;
        }
        while $first < c {
            const $W: usize = 1;
            $body;
            $first += 1;
        }
    }};
}

/// One image.
struct Mean<'a, E> {
    block: &'a AveragePoolBlock,
    x: &'a [E],
    y: &'a mut [E],
}

impl<E: Elem> simd::Kernel for Mean<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let AveragePoolBlock { input: [h, w], output: [oh, ow], c, geometry: g } = *self.block;
        let scale = self.block.scale();
        for i in 0..oh {
            let rows = g.window(0, i, h);
            for j in 0..ow {
                let columns = g.window(1, j, w);
                let window = &self.x[rows.start * w * c..rows.end * w * c];
                let y = &mut self.y[(i * ow + j) * c..][..c];
                for_blocks!(c, |first, W| {
                    let mut sum = [E::ZERO; W];
                    for row in window.chunks_exact(w * c) {
                        let mut along = [E::ZERO; W];
                        for pixel in row[columns.start * c..columns.end * c].chunks_exact(c) {
                            let pixel = &pixel[first..][..W];
                            for l in 0..W {
                                along[l] += pixel[l];
                            }
                        }
                        for l in 0..W {
                            sum[l] += along[l];
                        }
                    }
                    y[first..][..W].copy_from_slice(&sum.map(|s| s * scale));
                });
            }
        }
    }
}

/// One image's gradient.
struct Unmean<'a, E> {
    block: &'a AveragePoolBlock,
    dy: &'a [E],
    dx: &'a mut [E],
}

impl<E: Elem> simd::Kernel for Unmean<'_, E> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let AveragePoolBlock { input: [h, w], output: [oh, ow], c, geometry: g } = *self.block;
        let scale = self.block.scale::<E>();
        // The windows over a pixel, from..to, follow it.
        let mut vertical = (0, 0);
        for r in 0..h {
            let before = vertical;
            vertical = follow(&g, 0, oh, r, before);
            let row = r * w * c;
            if r > 0 && vertical == before {
                self.dx.copy_within(row - w * c..row, row);
                continue;
            }
            let mut horizontal = (0, 0);
            for (q, dx) in self.dx[row..][..w * c].chunks_exact_mut(c).enumerate() {
                horizontal = follow(&g, 1, ow, q, horizontal);
                for_blocks!(c, |first, W| {
                    let mut sum = [E::ZERO; W];
                    for i in vertical.0..vertical.1 {
                        for j in horizontal.0..horizontal.1 {
                            let dy = &self.dy[(i * ow + j) * c + first..][..W];
                            for l in 0..W {
                                sum[l] += dy[l];
                            }
                        }
                    }
                    let dx = &mut dx[first..][..W];
                    for l in 0..W {
                        dx[l] = sum[l] * scale;
                    }
                });
            }
        }
    }
}

/// The windows along axis `d` that hold pixel `p`, from those that hold the pixel before it.
#[inline(always)]
fn follow(
    g: &PoolGeometry,
    d: usize,
    windows: usize,
    p: usize,
    (mut from, mut to): (usize, usize),
) -> (usize, usize) {
    let p = p + g.padding[d];
    while from < windows && from * g.stride[d] + g.kernel[d] <= p {
        from += 1;
    }
    while to < windows && to * g.stride[d] <= p {
        to += 1;
    }
    (from, to)
}
