//! Files inside archives, read as they come: nothing is allocated on the word of a header.

mod error;
mod tar;
mod zip;

pub use error::ArchiveError;
pub(crate) use tar::each_file;
pub(crate) use zip::Zip;
