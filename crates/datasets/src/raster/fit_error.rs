//! Why a picture is no example.

/// Why a picture is no example.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FitError {
    /// The network takes no pictures.
    #[error(
        "the network takes {0} x {1} x {2} numbers (channels, height, width); pictures have 1 or 3 channels"
    )]
    Channels(usize, usize, usize),
    /// The size is another, and was to be left.
    #[error("it has {0} x {1} pixels, the network takes {2} x {3} (width, height)")]
    Size(usize, usize, usize, usize),
    /// Colours, which were to be left.
    #[error("it has colours, the network takes grey")]
    Colour,
    /// One colour all over.
    #[error("it has one colour all over: there is nothing in it")]
    Blank,
    /// Grain around one level, of 255: from here to there.
    #[error("there is hardly anything in it: its levels, {0} to {1} of 255, differ no more than grain does")]
    Grain(u8, u8),
}
