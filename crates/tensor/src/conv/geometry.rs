//! How a kernel moves over an image.

use crate::TensorError;

/// Steps of the kernel and rows and columns of zeros around the image, `[vertical, horizontal]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConvGeometry {
    /// Pixels from one position of the kernel to the next.
    pub stride: [usize; 2],
    /// Zeros added on each side.
    pub padding: [usize; 2],
}

impl Default for ConvGeometry {
    fn default() -> Self {
        Self { stride: [1, 1], padding: [0, 0] }
    }
}

impl ConvGeometry {
    /// Positions of a kernel: ⌊(input + 2 padding − kernel) / stride⌋ + 1 along each axis.
    ///
    /// # Errors
    /// [`TensorError::Kernel`] if a stride or a kernel extent is 0 or the kernel is larger than the padded image.
    pub fn output(&self, input: [usize; 2], kernel: [usize; 2]) -> Result<[usize; 2], TensorError> {
        let mut out = [0; 2];
        for d in 0..2 {
            out[d] = self.padding[d]
                .checked_mul(2)
                .and_then(|p| p.checked_add(input[d]))
                .filter(|_| self.stride[d] > 0 && kernel[d] > 0)
                .and_then(|padded| padded.checked_sub(kernel[d]))
                .map(|span| span / self.stride[d] + 1)
                .ok_or(TensorError::Kernel { input, kernel, stride: self.stride, padding: self.padding })?;
        }
        Ok(out)
    }
}
