//! Which kind of file: told by its first bytes when it is read, by its name when it is written.

use crate::decode::{Decoded, decode};
use crate::document::Stored;
use crate::encode::encode;
use crate::recognise::is_npz;
use crate::{StoreError, TensorValues, npz};
use std::path::Path;

/// Everything in a file.
pub(crate) fn everything(bytes: &[u8]) -> Result<Decoded, StoreError> {
    if is_npz(bytes) { npz::decode(bytes) } else { decode(bytes) }
}

/// The bytes of a file of this name: NumPy's archive where it ends in `.npz`, else safetensors.
pub(crate) fn bytes_for(
    path: &Path,
    kind: &str,
    networks: Vec<Stored>,
    extra: serde_json::Value,
    tensors: &[(String, TensorValues)],
) -> Result<Vec<u8>, StoreError> {
    let is_npz = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npz"));
    let write = if is_npz { npz::encode } else { encode };
    write(kind, networks, extra, tensors)
}
