//! The extents of one convolution, checked once.

use crate::extent::addressable;
use crate::{ConvGeometry, TensorError};

/// A convolution of images `[h][w][ic]` to `[oh][ow][oc]`: its extents, checked; the weights come with each call.
///
/// ```
/// use sparring_tensor::{ConvGeometry, channels_last::ConvBlock};
/// let block = ConvBlock::new([1, 3], 1, 1, [1, 2], ConvGeometry::default()).unwrap();
/// let w = block.pack(&[2.0f32, 3.0]);
/// let mut y = [0.0; 2];
/// block.forward(&w, Some(&[0.5]), &[1.0, 10.0, 100.0], &mut y);
/// assert_eq!(y, [32.5, 320.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvBlock {
    pub(super) ic: usize,
    pub(super) oc: usize,
    pub(super) input: [usize; 2],
    pub(super) kernel: [usize; 2],
    pub(super) output: [usize; 2],
    pub(super) stride: [usize; 2],
    pub(super) padding: [usize; 2],
}

impl ConvBlock {
    /// A kernel `[kh, kw]` from `ic` to `oc` channels over images of `[h, w]` pixels.
    ///
    /// # Errors
    /// [`TensorError::Kernel`] as [`ConvGeometry::output`]; [`TensorError::TooLarge`] if no memory could hold the image with its border of zeros,
    /// the output or the weight.
    pub fn new(
        input: [usize; 2],
        ic: usize,
        oc: usize,
        kernel: [usize; 2],
        geometry: ConvGeometry,
    ) -> Result<Self, TensorError> {
        let (output, padding) = (geometry.output(input, kernel)?, geometry.padding);
        // `output` has found that this does not overflow.
        let [height, width] = [0, 1].map(|d| input[d] + 2 * padding[d]);
        // The weight in panels, of whatever width.
        let columns = oc.checked_next_multiple_of(64).unwrap_or(oc);
        addressable(&[
            ("an image with its border", &[height, width, ic]),
            ("an output", &[output[0], output[1], oc]),
            ("a weight", &[columns, ic, kernel[0], kernel[1]]),
        ])?;
        // A stride larger than the image is never taken; it is clamped so that sizes computed from it stay small.
        let stride = [geometry.stride[0].min(height), geometry.stride[1].min(width)];
        Ok(Self { ic, oc, input, kernel, output, stride, padding })
    }
    /// Pixels of the image, `[h, w]`.
    pub fn input(&self) -> [usize; 2] {
        self.input
    }
    /// Pixels of the output, `[oh, ow]`.
    pub fn output(&self) -> [usize; 2] {
        self.output
    }
    /// Channels of the image and of the output.
    pub fn channels(&self) -> [usize; 2] {
        [self.ic, self.oc]
    }
    /// Number of terms of an output element, ic · kh · kw: the rows of the weight's [`Panels`](crate::Panels), in order (ky, kx, c).
    pub fn depth(&self) -> usize {
        self.ic * self.kernel[0] * self.kernel[1]
    }
    /// Numbers in an image.
    pub fn image(&self) -> usize {
        self.ic * self.input[0] * self.input[1]
    }
    /// Numbers in the output of an image.
    pub fn result(&self) -> usize {
        self.oc * self.pixels()
    }
    /// Pixels of the output.
    pub(crate) fn pixels(&self) -> usize {
        self.output[0] * self.output[1]
    }
    /// Multiply-adds for one image.
    pub(crate) fn mul_adds(&self) -> usize {
        self.result().saturating_mul(self.depth())
    }
    /// Rows and columns that the kernel sees, the padding before the image included: (o − 1) · stride + kernel.
    pub(crate) fn frame(&self) -> [usize; 2] {
        [0, 1].map(|d| (self.output[d] - 1) * self.stride[d] + self.kernel[d])
    }
    pub(crate) fn padding(&self) -> [usize; 2] {
        self.padding
    }

    /// # Panics
    /// If there is a bias that is shorter than the output's channels.
    #[track_caller]
    pub(super) fn biased<E>(&self, op: &str, bias: Option<&[E]>) {
        if let Some(bias) = bias {
            assert!(bias.len() >= self.oc, "{op}: {} biases for {} channels", bias.len(), self.oc);
        }
    }
    /// How many images `x` and `y` hold.
    #[track_caller]
    pub(super) fn images(&self, op: &str, x: usize, y: usize) -> usize {
        let n = if self.result() > 0 { y / self.result() } else { x / self.image().max(1) };
        assert!(
            n.checked_mul(self.image()) == Some(x) && n.checked_mul(self.result()) == Some(y),
            "{op}: {x} and {y} numbers are not whole images of {:?} x {} and {:?} x {}",
            self.input,
            self.ic,
            self.output,
            self.oc
        );
        n
    }
}
