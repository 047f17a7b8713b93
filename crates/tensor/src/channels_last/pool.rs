//! Max pooling of channels-last images, alone and after a ReLU.

use super::pool_kernels::{Back, Max};
use crate::extent::addressable;
use crate::{Elem, PoolGeometry, TensorError};
use sparring_math::simd::{self, Isa};

/// Max pooling of images `[h][w][c]` to `[oh][ow][c]`: the extents, checked.
///
/// Of equal elements the first wins; a NaN wins over every number (the last of several); the border never wins: the rule of
/// [`max_pool2d`](crate::pooling::max_pool2d). Winners are places inside their window, row · width of the window + column.
///
/// ```
/// use sparring_tensor::{PoolGeometry, channels_last::PoolBlock};
/// let pool = PoolBlock::new([2, 2], 1, PoolGeometry::default()).unwrap();
/// let (mut y, mut at, mut dx) = ([0.0], [0], [9.0; 4]);
/// pool.max(&[1.0, 4.0, 3.0, 4.0], &mut y, &mut at);
/// assert_eq!((y, at), ([4.0], [1]));
/// pool.unmax(&[0.5], &at, &mut dx);
/// assert_eq!(dx, [0.0, 0.5, 0.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolBlock {
    pub(super) input: [usize; 2],
    pub(super) output: [usize; 2],
    pub(super) c: usize,
    pub(super) geometry: PoolGeometry,
}

impl PoolBlock {
    /// Pooling of `channels` channels over images of `[h, w]` pixels.
    ///
    /// # Errors
    /// [`TensorError::Window`] as [`PoolGeometry::output`], or if a window has more than 256 places; [`TensorError::TooLarge`] if no memory could
    /// hold the image.
    pub fn new(input: [usize; 2], channels: usize, geometry: PoolGeometry) -> Result<Self, TensorError> {
        let output = geometry.output(input)?;
        let PoolGeometry { kernel, stride, padding } = geometry;
        if kernel[0].saturating_mul(kernel[1]) > 256 {
            return Err(TensorError::Window { kernel, stride, padding, input });
        }
        // The output is not larger: a window begins at every pixel, at most, and at the border's `padding` ≤ 128 on either side.
        let [height, width] = [0, 1].map(|d| input[d].saturating_add(2 * padding[d]));
        addressable(&[("an image with its border", &[height, width, channels])])?;
        Ok(Self { input, output, c: channels, geometry })
    }
    /// Pixels of the output, `[oh, ow]`.
    pub fn output(&self) -> [usize; 2] {
        self.output
    }
    /// Numbers in an image.
    pub fn image(&self) -> usize {
        self.c * self.input[0] * self.input[1]
    }
    /// Numbers in the output of an image.
    pub fn result(&self) -> usize {
        self.c * self.output[0] * self.output[1]
    }

    /// The largest element of each window, and its place in the window.
    ///
    /// # Shapes
    /// `x` \[h\]\[w\]\[c\], `y` and `at` \[oh\]\[ow\]\[c\]; or several images one after the other.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn max<E: Elem>(&self, x: &[E], y: &mut [E], at: &mut [u8]) {
        self.max_on::<E, false>(simd::isa(), x, y, at);
    }
    /// As [`max`](Self::max) of max(z, 0): a ReLU and the pooling after it in one pass.
    ///
    /// # Panics
    /// If a length does not fit.
    #[track_caller]
    pub fn relu_max<E: Elem>(&self, z: &[E], y: &mut [E], at: &mut [u8]) {
        self.max_on::<E, true>(simd::isa(), z, y, at);
    }
    /// The gradient of [`max`](Self::max) with respect to `x`: zeros, and `dy` added at each winner.
    ///
    /// # Panics
    /// If a length does not fit or a winner lies outside its image.
    #[track_caller]
    pub fn unmax<E: Elem>(&self, dy: &[E], at: &[u8], dx: &mut [E]) {
        self.unmax_on::<E, false>(simd::isa(), dy, &[], at, dx);
    }
    /// The gradient of [`relu_max`](Self::relu_max) with respect to `z`, for its output `y`: `dy` passes only where y > 0 (NaN where y is NaN).
    ///
    /// # Panics
    /// If a length does not fit or a winner lies outside its image.
    #[track_caller]
    pub fn relu_unmax<E: Elem>(&self, dy: &[E], y: &[E], at: &[u8], dz: &mut [E]) {
        self.unmax_on::<E, true>(simd::isa(), dy, y, at, dz);
    }

    #[track_caller]
    pub(super) fn max_on<E: Elem, const RELU: bool>(&self, isa: Isa, x: &[E], y: &mut [E], at: &mut [u8]) {
        self.fits(x.len(), &[y.len(), at.len()]);
        let (image, result) = (self.image().max(1), self.result().max(1));
        for ((x, y), at) in x.chunks(image).zip(y.chunks_mut(result)).zip(at.chunks_mut(result)) {
            simd::dispatch_on(isa, Max::<E, RELU> { block: self, x, y, at });
        }
    }
    #[track_caller]
    pub(super) fn unmax_on<E: Elem, const RELU: bool>(
        &self,
        isa: Isa,
        dy: &[E],
        y: &[E],
        at: &[u8],
        dx: &mut [E],
    ) {
        self.fits(dx.len(), &[dy.len(), at.len(), if RELU { y.len() } else { dy.len() }]);
        let (image, result) = (self.image().max(1), self.result().max(1));
        for (n, dx) in dx.chunks_mut(image).enumerate() {
            let of = n * result..(n + 1) * result;
            let y = if RELU { &y[of.clone()] } else { &[] };
            simd::dispatch_on(isa, Back::<E, RELU> { block: self, dy: &dy[of.clone()], y, at: &at[of], dx });
        }
    }
    #[track_caller]
    fn fits(&self, x: usize, results: &[usize]) {
        let n = x / self.image().max(1);
        let (image, result) = (n.checked_mul(self.image()), n.checked_mul(self.result()));
        assert!(
            image == Some(x) && results.iter().all(|&r| result == Some(r)),
            "pool: {x} and {results:?} numbers are not whole images of {:?} and {:?} x {}",
            self.input,
            self.output,
            self.c
        );
    }
}
