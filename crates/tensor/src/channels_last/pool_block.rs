//! The extents of one max pooling, checked once.

use crate::extent::addressable;
use crate::{PoolGeometry, TensorError};

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

    #[track_caller]
    pub(super) fn fits(&self, x: usize, results: &[usize]) {
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
