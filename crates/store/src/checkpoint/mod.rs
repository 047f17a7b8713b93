//! Checkpoints: structured data and named arrays in one file, behind a checksum.
//!
//! The file, numbers little-endian:
//!
//! ```text
//! 0   b"SPARCKPT"   8  format u32   12  codec u32 (1: bincode 2, standard)   16  length of the contents u64   24  length of the data u64
//! 32  SHA-256 of bytes 0..32, the contents and the data
//! 64  the contents, in bincode under a limit: the caller's value, and a table of name, shape and offset of each array
//! ..  the data: f32, each array at a multiple of 64 bytes from the beginning of the data, zeros between them
//! ```

mod format;
mod keep;

use crate::limits::MAX_FILE;
use crate::{StoreError, write_atomic};
use format::{Contents, Entry};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

pub use format::CHECKPOINT_FORMAT;
pub use keep::{drop_previous, keep_checkpoint, kept_checkpoint, previous as previous_checkpoint};

/// A value of the caller's and arrays, as a checkpoint holds them.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint<M> {
    /// Any value without maps, untagged enums and optional fields: the codec describes no types.
    pub value: M,
    /// Name, shape and numbers of each array.
    pub arrays: Vec<(String, Vec<usize>, Vec<f32>)>,
}

/// An array of a checkpoint that is to be written: name, shape, numbers.
pub type CheckpointArray<'a> = (String, Vec<usize>, &'a [f32]);

/// The bytes of a checkpoint.
///
/// # Errors
/// [`StoreError::Checkpoint`] for a value that the codec cannot hold, a name that is given twice, or a shape that does not fit its numbers;
/// [`StoreError::TooLarge`].
pub fn encode_checkpoint<M: Serialize>(
    value: &M,
    arrays: &[CheckpointArray<'_>],
) -> Result<Vec<u8>, StoreError> {
    let mut at = 0;
    let mut table = Vec::with_capacity(arrays.len());
    for (name, shape, numbers) in arrays {
        let entry =
            Entry { name: name.clone(), shape: shape.iter().map(|&d| d as u64).collect(), offset: at };
        at = format::next(at, numbers.len() as u64);
        table.push(entry);
    }
    let lengths: Vec<_> = arrays.iter().map(|(_, _, numbers)| numbers.len() as u64).collect();
    format::check(&table, &lengths, at)?;
    let mut bytes = format::begin(&Contents { value, table }, at)?;
    for (_, _, numbers) in arrays {
        numbers.iter().for_each(|x| bytes.extend_from_slice(&x.to_le_bytes()));
        bytes.resize(format::padded(bytes.len() as u64) as usize, 0);
    }
    format::seal(&mut bytes);
    Ok(bytes)
}

/// What a checkpoint of these bytes holds.
///
/// # Errors
/// [`StoreError`] if the bytes are not a whole checkpoint, were changed, or hold another value than an `M`.
pub fn decode_checkpoint<M: DeserializeOwned>(bytes: &[u8]) -> Result<Checkpoint<M>, StoreError> {
    let (contents, data) = format::parts(bytes)?;
    let Contents { value, table } = format::contents::<Contents<M>>(contents)?;
    let lengths = table.iter().map(Entry::numbers).collect::<Result<Vec<_>, _>>()?;
    format::check(&table, &lengths, data.len() as u64)?;
    let arrays = table.into_iter().zip(lengths).map(|(entry, numbers)| {
        let from = &data[entry.offset as usize..][..4 * numbers as usize];
        let numbers = from.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        (entry.name, entry.shape.iter().map(|&d| d as usize).collect(), numbers.collect())
    });
    Ok(Checkpoint { value, arrays: arrays.collect() })
}

/// Writes a checkpoint whole or not at all.
///
/// # Errors
/// As [`encode_checkpoint`] and [`write_atomic`].
pub fn write_checkpoint<M: Serialize>(
    path: impl AsRef<Path>,
    value: &M,
    arrays: &[CheckpointArray<'_>],
) -> Result<(), StoreError> {
    write_atomic(path, &encode_checkpoint(value, arrays)?)
}

/// Reads a checkpoint.
///
/// # Errors
/// As [`decode_checkpoint`], and [`StoreError::Io`], with the path.
pub fn read_checkpoint<M: DeserializeOwned>(path: impl AsRef<Path>) -> Result<Checkpoint<M>, StoreError> {
    let path = path.as_ref();
    let io = |source| StoreError::Io { action: "read", path: path.to_path_buf(), source };
    // Asked before opening: opening a pipe would wait for its other end.
    let about = std::fs::metadata(path).map_err(io)?;
    if !about.is_file() {
        return Err(io(io::Error::new(ErrorKind::InvalidInput, "not a file")));
    }
    let mut file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    if length > MAX_FILE {
        let large = StoreError::TooLarge { what: "a file in bytes", got: length, limit: MAX_FILE };
        return Err(large.at(path));
    }
    let mut head = [0; format::HEAD];
    if let Err(e) = file.read_exact(&mut head) {
        let short = e.kind() == ErrorKind::UnexpectedEof;
        return Err(if short { format::broken(format!("it has {length} bytes")).at(path) } else { io(e) });
    }
    // Nothing is allocated for a file that is not one of ours.
    format::check_head(&head, length).map_err(|e| e.at(path))?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize).map_err(|_| io(ErrorKind::OutOfMemory.into()))?;
    bytes.extend_from_slice(&head);
    file.take(length - format::HEAD as u64).read_to_end(&mut bytes).map_err(io)?;
    decode_checkpoint(&bytes).map_err(|e| e.at(path))
}

#[cfg(test)]
mod tests;
