//! The windows of a pooling layer.

use crate::{Shape, TensorError};
use std::ops::Range;

/// Window, step and border of a pooling layer, each as `[vertical, horizontal]` in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PoolGeometry {
    /// Extent of the window.
    pub kernel: [usize; 2],
    /// Distance between neighbouring windows.
    pub stride: [usize; 2],
    /// Width of the border on each side, at most half the window.
    pub padding: [usize; 2],
}

impl Default for PoolGeometry {
    /// Halves both sides: windows of 2 x 2 that do not overlap.
    fn default() -> Self {
        Self { kernel: [2, 2], stride: [2, 2], padding: [0, 0] }
    }
}

impl PoolGeometry {
    /// `[h, w]` of the output: `⌊(extent + 2·padding − kernel) / stride⌋ + 1` on each axis, as in PyTorch.
    ///
    /// # Errors
    /// [`TensorError::Window`] if window, stride or input is 0, the border exceeds half the window, or the window the padded input.
    pub fn output(&self, input: [usize; 2]) -> Result<[usize; 2], TensorError> {
        let Self { kernel, stride, padding } = *self;
        let mut out = [0; 2];
        for d in 0..2 {
            let padded = input[d].saturating_add(padding[d].saturating_mul(2));
            if kernel[d].min(stride[d]).min(input[d]) == 0 || padding[d] > kernel[d] / 2 || kernel[d] > padded
            {
                return Err(TensorError::Window { kernel, stride, padding, input });
            }
            out[d] = (padded - kernel[d]) / stride[d] + 1;
        }
        Ok(out)
    }

    /// Number of images times channels, `[h, w]` of the input and of the output.
    #[track_caller]
    pub(super) fn extents(&self, op: &str, x: Shape) -> (usize, [usize; 2], [usize; 2]) {
        assert!(x.rank() == 4, "{op}: shape {x} has rank {}, expects [n, c, h, w]", x.rank());
        let input = [x[2], x[3]];
        match self.output(input) {
            Ok(output) => (x[0] * x[1], input, output),
            Err(e) => panic!("{op}: input {x}: {e}"),
        }
    }

    /// The range of window `i` along axis `d` that lies inside an input of extent `n`.
    #[inline(always)]
    pub(crate) fn window(&self, d: usize, i: usize, n: usize) -> Range<usize> {
        let start = i * self.stride[d];
        start.saturating_sub(self.padding[d])..(start + self.kernel[d] - self.padding[d]).min(n)
    }
}

#[cfg(test)]
mod tests {
    use super::PoolGeometry;

    #[test]
    fn output_rounds_down_and_refuses_nonsense() {
        let g = PoolGeometry { kernel: [3, 2], stride: [2, 2], padding: [1, 0] };
        assert_eq!(g.output([28, 7]), Ok([14, 3]));
        assert_eq!(g.output([1, 2]), Ok([1, 1]));
        assert!(g.output([0, 8]).is_err(), "window 3 exceeds 0 + 2");
        let border = PoolGeometry { kernel: [2, 2], padding: [1, 1], ..g };
        assert!(border.output([4, 0]).is_err(), "a window of nothing but border");
        assert!(
            PoolGeometry { padding: [2, 0], ..g }.output([28, 28]).is_err(),
            "a window could miss the input"
        );
        assert!(PoolGeometry { stride: [0, 1], ..g }.output([28, 28]).is_err());
        let huge = PoolGeometry { kernel: [usize::MAX, 1], stride: [1, 1], padding: [usize::MAX / 2, 0] };
        assert!(huge.output([usize::MAX, 4]).is_ok());
    }
}
