//! What a file may ask for, so that nothing is allocated on its word alone.

/// Newest layout of the document this program writes and reads.
pub const FORMAT: u32 = 1;
/// Most bytes of a file: 4 GiB.
pub const MAX_FILE: u64 = 4 << 30;
/// Most bytes of a safetensors header: 1 MiB (the format itself allows 100 MB of JSON).
pub const MAX_HEADER: u64 = 1 << 20;
/// Most bytes of the document under the metadata key `sparring`: 128 KiB, so that even a hostile one stays under
/// 16 MiB once it is parsed.
pub const MAX_DOCUMENT: u64 = 128 << 10;
/// Most tensors in a file.
pub const MAX_TENSORS: usize = 4096;
/// The metadata key of the document.
pub(crate) const KEY: &str = "sparring";
/// Most axes of a tensor, that of `Array`.
pub(crate) const MAX_RANK: usize = 4;
