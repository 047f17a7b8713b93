//! What can go wrong between numbers and a file.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why an image or a page could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// The pixels do not fill the shape.
    Pixels {
        /// Elements given.
        len: usize,
        /// Shape asked for, [channels, height, width].
        shape: [usize; 3],
    },
    /// Only 1 (grey) or 3 (red, green, blue) channels can be drawn.
    Channels(usize),
    /// An image without pixels, or a grid without images.
    Empty,
    /// The picture would be larger than a PNG of this crate may be.
    TooLarge {
        /// Pixels across, saturated.
        width: usize,
        /// Pixels down, saturated.
        height: usize,
    },
    /// The images of a grid differ in size.
    Uneven {
        /// Height and width of the first image.
        first: [usize; 2],
        /// Index of the one that differs.
        index: usize,
        /// Its height and width.
        other: [usize; 2],
    },
    /// A file could not be written.
    Write {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pixels { len, shape } => {
                write!(f, "{len} elements do not fill images of shape {shape:?} [channels, height, width]")
            }
            Self::Channels(c) => write!(f, "{c} channels cannot be drawn: pass 1 (grey) or 3 (RGB)"),
            Self::Empty => write!(f, "nothing to draw: pass at least one image of at least one pixel"),
            Self::TooLarge { width, height } => {
                write!(
                    f,
                    "a picture of {width} x {height} pixels is too large: lower the scale or draw fewer images"
                )
            }
            Self::Uneven { first, index, other } => {
                write!(
                    f,
                    "image {index} is {other:?} pixels, the first is {first:?}: a grid takes equal sizes"
                )
            }
            Self::Write { path, source } => write!(f, "cannot write {}: {source}", path.display()),
        }
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Write { source, .. } => Some(source),
            _ => None,
        }
    }
}
