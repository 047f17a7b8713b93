//! What can be wrong with an IDX file.

use std::io;

/// Why some bytes are not an IDX file we read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdxError {
    /// The first two bytes are neither zero nor gzip's.
    #[error(
        "not an IDX file: it begins with {0:02x?}, not with two zero bytes (a web page saved under this name?)"
    )]
    Magic([u8; 2]),
    /// The third byte names no element type.
    #[error("element type 0x{0:02x} is unknown (known: 08 u8, 09 i8, 0b i16, 0c i32, 0d f32, 0e f64)")]
    Dtype(u8),
    /// The fourth byte, or the number of sizes given, is outside 1 to 4.
    #[error("rank {0} is outside 1..=4")]
    Rank(usize),
    /// A size does not fit the header's 32 bits.
    #[error("size {0} does not fit 32 bits")]
    Size(usize),
    /// The sizes multiply to more than the cap, or past 64 bits.
    #[error("the header promises {shape:?} elements, more than the cap of {cap} bytes")]
    TooBig {
        /// Sizes in the header.
        shape: Vec<u32>,
        /// [`Limits::bytes`](super::Limits).
        cap: u64,
    },
    /// The sizes and the number of values differ.
    #[error("shape {shape:?} does not hold {values} values")]
    Count {
        /// Sizes given.
        shape: Vec<usize>,
        /// Values given.
        values: usize,
    },
    /// The data end early.
    #[error("cut short: {expected} bytes promised, {got} there")]
    Truncated {
        /// Bytes the header promises, itself included.
        expected: u64,
        /// Bytes found.
        got: u64,
    },
    /// Something follows the data.
    #[error("bytes follow the {expected} that the header promises")]
    Trailing {
        /// Bytes the header promises, itself included.
        expected: u64,
    },
    /// The gzip stream is cut, corrupt, or followed by something else.
    #[error("the gzip stream is broken: {0}")]
    Gzip(io::Error),
    /// The bytes could not be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The memory for the data could not be had.
    #[error("no memory for {0} more bytes")]
    Memory(usize),
}
