//! What can be wrong with data from outside.

use std::fmt;

/// What can be wrong with data from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TensorError {
    /// The shape has another number of elements than the data.
    Length {
        /// The requested shape.
        shape: Vec<usize>,
        /// Number of elements given.
        got: usize,
    },
    /// The operation needs an array of another shape.
    Shape {
        /// The shape of the array.
        got: Vec<usize>,
        /// The shape that is needed.
        wanted: String,
    },
    /// A convolution kernel that does not fit its image.
    Kernel {
        /// Extent of the kernel.
        kernel: [usize; 2],
        /// Step of the kernel.
        stride: [usize; 2],
        /// Zeros on each side.
        padding: [usize; 2],
        /// Extent of the image.
        input: [usize; 2],
    },
    /// An array with more elements than the address space holds.
    TooLarge {
        /// What the memory is for.
        what: &'static str,
        /// Its extents.
        extents: Vec<usize>,
    },
    /// Pooling windows that do not fit their input.
    Window {
        /// Extent of the window.
        kernel: [usize; 2],
        /// Distance between windows.
        stride: [usize; 2],
        /// Border on each side.
        padding: [usize; 2],
        /// Extent of the input.
        input: [usize; 2],
    },
}

impl fmt::Display for TensorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { shape, got } => write!(f, "shape {shape:?} does not hold {got} numbers"),
            Self::Shape { got, wanted } => write!(f, "shape {got:?} where {wanted} is needed"),
            Self::TooLarge { what, extents } => {
                write!(f, "{what} of {extents:?} is more numbers than memory has addresses")
            }
            Self::Kernel { kernel, stride, padding, input } => write!(
                f,
                "kernel {kernel:?} with stride {stride:?} and padding {padding:?} does not fit an image of {input:?} \
                 pixels: kernel and stride must be at least 1, the kernel at most the padded image"
            ),
            Self::Window { kernel, stride, padding, input } => write!(
                f,
                "windows {kernel:?} with stride {stride:?} and padding {padding:?} do not fit {input:?} pixels: window, \
                 stride and input must be at least 1, padding at most half the window, the window at most the padded input"
            ),
        }
    }
}
impl std::error::Error for TensorError {}
