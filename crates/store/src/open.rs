//! A file into memory, no more of it than it has.

use crate::limits::MAX_FILE;
use crate::{StoreError, header, recognise_path};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The bytes of a safetensors or `.npz` file; its first eight are looked at before the rest is held.
pub(crate) fn open(path: &Path) -> Result<Vec<u8>, StoreError> {
    looked_at(path, MAX_FILE, |first, length| {
        if first.starts_with(b"PK\x03\x04") {
            recognise_path(path).map_or(Ok(()), |foreign| Err(StoreError::from(foreign).at(path)))
        } else {
            header::end(first, length)
                .map_err(|e| recognise_path(path).map_or(e, Into::into).at(path))
                .map(drop)
        }
    })
}

/// The bytes of any file of at most `most`.
#[cfg(feature = "onnx")]
pub(crate) fn whole(path: &Path, most: u64) -> Result<Vec<u8>, StoreError> {
    looked_at(path, most, |_, _| Ok(()))
}

fn looked_at(
    path: &Path,
    most: u64,
    look: impl FnOnce([u8; 8], u64) -> Result<(), StoreError>,
) -> Result<Vec<u8>, StoreError> {
    let io = |source| StoreError::Io { action: "read", path: path.to_path_buf(), source };
    // Asked before opening: opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(io)?.is_file() {
        if let Some(foreign) = recognise_path(path) {
            return Err(StoreError::from(foreign).at(path));
        }
        return Err(io(io::Error::new(ErrorKind::InvalidInput, "not a file")));
    }
    let mut file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    if length > most {
        let too_large = StoreError::TooLarge { what: "a file in bytes", got: length, limit: most };
        return Err(too_large.at(path));
    }
    let mut first = [0; 8];
    match file.read_exact(&mut first) {
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
            let broken = StoreError::broken(format!("it has {length} bytes"));
            return Err(recognise_path(path).map_or(broken, Into::into).at(path));
        }
        result => result.map_err(io)?,
    }
    look(first, length)?;
    let mut bytes = Vec::new();
    // One byte more than promised, so that the end is seen without growing.
    bytes.try_reserve_exact(length as usize + 1).map_err(|_| io(ErrorKind::OutOfMemory.into()))?;
    bytes.extend_from_slice(&first);
    file.take(length - 7).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 != length {
        let changed = format!("it had {length} bytes and then {}: someone writes to it", bytes.len());
        return Err(StoreError::broken(changed).at(path));
    }
    Ok(bytes)
}
