#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod atomic;
mod checksum;
mod decode;
mod document;
mod encode;
mod error;
mod header;
mod layout;
mod limits;
mod load;
mod open;
mod tensors;
mod values;
mod weights;

pub use atomic::write_atomic;
pub use checksum::{sha256_hex, verify_sha256};
pub use document::{Document, Stored};
pub use error::StoreError;
pub use layout::layout;
pub use limits::{FORMAT, MAX_DOCUMENT, MAX_FILE, MAX_HEADER, MAX_TENSORS};
pub use tensors::{TensorFile, read_tensors, write_tensors};
pub use values::Values;
pub use weights::{Network, Weights, read, read_verified, write};
