//! The IDX format (LeCun's files of MNIST): strict reading, writing, gzip or raw.
//!
//! Big-endian: two zero bytes, an element type, a rank, one `u32` size a dimension, then the data row-major and nothing else.
//!
//! ```
//! use sparring_datasets::idx::{self, Idx, Limits, Packing, IdxValues};
//! let two_by_three = Idx::new(vec![2, 3], IdxValues::I16(vec![1, -2, 3, -4, 5, -6]))?;
//! let bytes = idx::encode(&two_by_three, Packing::Gzip);
//! assert_eq!(idx::decode(&bytes[..], &Limits::default())?, two_by_three);
//! assert!(idx::decode(&bytes[..bytes.len() - 1], &Limits::default()).is_err());
//! # Ok::<(), idx::IdxError>(())
//! ```

mod element;
mod error;
mod header;
mod limits;
mod read;
mod unpack;
mod write;

pub use element::{Idx, IdxValues};
pub use error::IdxError;
pub use limits::Limits;
pub use read::{decode, read};
pub use write::{Packing, encode, write};

pub(crate) use unpack::unpack;
pub(crate) use write::header_bytes;
