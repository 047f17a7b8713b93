//! Writing: an [`Idx`] is checked when it is made, so what is written is always readable.

use super::{Idx, IdxValues};
use crate::DataError;
use crate::place::place;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::Path;

/// How the bytes are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As they are.
    Raw,
    /// One gzip member at the highest level, no time and no name in it: equal arrays, equal files.
    Gzip,
}

/// The file's bytes.
pub fn encode(idx: &Idx, packing: Packing) -> Vec<u8> {
    let mut out = header_bytes(idx.values().code(), idx.shape());
    match idx.values() {
        IdxValues::U8(v) => out.extend_from_slice(v),
        IdxValues::I8(v) => out.extend(v.iter().flat_map(|x| x.to_be_bytes())),
        IdxValues::I16(v) => out.extend(v.iter().flat_map(|x| x.to_be_bytes())),
        IdxValues::I32(v) => out.extend(v.iter().flat_map(|x| x.to_be_bytes())),
        IdxValues::F32(v) => out.extend(v.iter().flat_map(|x| x.to_be_bytes())),
        IdxValues::F64(v) => out.extend(v.iter().flat_map(|x| x.to_be_bytes())),
    }
    match packing {
        Packing::Raw => out,
        Packing::Gzip => {
            let mut gz = GzEncoder::new(Vec::new(), Compression::best());
            gz.write_all(&out).and_then(|()| gz.finish()).expect("a Vec takes every byte")
        }
    }
}

/// Writes the file beside its name first, syncs it, then renames it: a reader sees the old file or the new one.
///
/// # Errors
/// [`DataError::Io`] when the folder cannot be written.
pub fn write(path: &Path, idx: &Idx, packing: Packing) -> Result<(), DataError> {
    place(path, &encode(idx, packing)).map_err(|source| DataError::Io { path: path.into(), source })
}

/// Magic, type, rank and sizes.
pub(crate) fn header_bytes(code: u8, shape: &[usize]) -> Vec<u8> {
    let mut out = vec![0, 0, code, shape.len() as u8];
    for &size in shape {
        out.extend_from_slice(&(size as u32).to_be_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idx::{Limits, read};

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.idx");
        for n in [5usize, 3] {
            let idx = Idx::new(vec![n], IdxValues::U8(vec![n as u8; n])).unwrap();
            write(&path, &idx, Packing::Gzip).unwrap();
            assert_eq!(read(&path, &Limits::default()).unwrap(), idx);
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        let lost = dir.path().join("none/a.idx");
        let idx = Idx::new(vec![1], IdxValues::U8(vec![1])).unwrap();
        assert!(write(&lost, &idx, Packing::Raw).unwrap_err().to_string().contains("none"));
    }
}
