//! How a kernel moves over an image.

use crate::{Shape, TensorError};

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
                .map(|room| room / self.stride[d] + 1)
                .ok_or(TensorError::Kernel { input, kernel, stride: self.stride, padding: self.padding })?;
        }
        Ok(out)
    }
}

/// All extents of one convolution, checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Images.
    pub n: usize,
    /// Channels of the image and of the output.
    pub ic: usize,
    pub oc: usize,
    /// Image, kernel and output, `[height, width]`.
    pub input: [usize; 2],
    pub kernel: [usize; 2],
    pub output: [usize; 2],
    pub stride: [usize; 2],
    pub padding: [usize; 2],
}

impl Plan {
    /// # Panics
    /// If the shapes do not fit each other.
    #[track_caller]
    pub fn new(op: &str, x: Shape, w: Shape, g: ConvGeometry) -> Self {
        let ([n, ic, h, wd], [oc, wic, kh, kw]) = (rank4(op, "input", x), rank4(op, "weight", w));
        let plural = if ic == 1 { "" } else { "s" };
        assert!(ic == wic, "{op}: input {x} has {ic} channel{plural}, weight {w} expects {wic}");
        let output =
            g.output([h, wd], [kh, kw]).unwrap_or_else(|e| panic!("{op}: input {x}, weight {w}: {e}"));
        Self { n, ic, oc, input: [h, wd], kernel: [kh, kw], output, stride: g.stride, padding: g.padding }
    }
    /// The same, with the shape of the output's gradient held against it.
    ///
    /// # Panics
    /// If the shapes do not fit each other.
    #[track_caller]
    pub fn backward(op: &str, x: Shape, w: Shape, dy: Shape, g: ConvGeometry) -> Self {
        let p = Self::new(op, x, w, g);
        let expected = [p.n, p.oc, p.output[0], p.output[1]];
        assert!(
            *dy.dims() == expected,
            "{op}: input {x} and weight {w} give {expected:?}, the gradient is {dy}"
        );
        p
    }
    /// Pixels of an output plane.
    pub fn pixels(&self) -> usize {
        self.output[0] * self.output[1]
    }
    /// Numbers in an image.
    pub fn image(&self) -> usize {
        self.ic * self.input[0] * self.input[1]
    }
    /// Length of the sum behind an output element.
    pub fn depth(&self) -> usize {
        self.ic * self.kernel[0] * self.kernel[1]
    }
    /// Multiply-adds of the whole batch.
    pub fn mul_adds(&self) -> usize {
        self.n.saturating_mul(self.oc * self.pixels()).saturating_mul(self.depth())
    }
}

#[track_caller]
fn rank4(op: &str, what: &str, s: Shape) -> [usize; 4] {
    let [a, b, c, d] = *s.dims() else { panic!("{op}: the {what} has rank 4, not shape {s}") };
    [a, b, c, d]
}
