//! Tensors and document to bytes.

use crate::checksum::{ZEROS, seal};
use crate::header::Metadata;
use crate::limits::{FORMAT, KEY, MAX_DOCUMENT, MAX_FILE, MAX_HEADER, MAX_TENSORS};
use crate::{Document, StoreError, Stored, TensorValues};
use safetensors::tensor::TensorView;
use std::collections::BTreeSet;

/// A whole file; its order of tensors depends on their types and names alone.
pub(crate) fn encode(
    kind: &str,
    networks: Vec<Stored>,
    extra: serde_json::Value,
    tensors: &[(String, TensorValues)],
) -> Result<Vec<u8>, StoreError> {
    check(tensors)?;
    let text = document_text(kind, networks, extra)?;
    let data: Vec<Vec<u8>> = tensors.iter().map(|(_, v)| v.bytes()).collect();
    limit("a file in bytes", data.iter().map(Vec::len).sum(), MAX_FILE - MAX_HEADER - 8)?;
    let views: Vec<_> = tensors
        .iter()
        .zip(&data)
        .map(|((name, v), bytes)| Ok((name.as_str(), TensorView::new(v.element(), v.shape(), bytes)?)))
        .collect::<Result<_, safetensors::SafeTensorError>>()
        .map_err(StoreError::broken)?;
    let metadata = Metadata::from([(KEY.to_string(), text)]).into_iter().collect();
    let mut bytes = safetensors::serialize(views, Some(metadata)).map_err(StoreError::broken)?;
    let header = u64::from_le_bytes(*bytes.first_chunk().expect("serialize writes a length"));
    limit("a header in bytes", header as usize, MAX_HEADER)?;
    let whole = 0..bytes.len();
    seal(&mut bytes, whole);
    Ok(bytes)
}

/// The document with zeros for its sum.
pub(crate) fn document_text(
    kind: &str,
    networks: Vec<Stored>,
    extra: serde_json::Value,
) -> Result<String, StoreError> {
    let document =
        Document { format: FORMAT, sha256: ZEROS.to_string(), kind: kind.to_string(), networks, extra };
    document.check()?;
    let text = serde_json::to_string(&document).map_err(StoreError::document)?;
    limit("a document in bytes", text.len(), MAX_DOCUMENT)?;
    Ok(text)
}

/// What would not be read again is not written.
pub(crate) fn check(tensors: &[(String, TensorValues)]) -> Result<(), StoreError> {
    limit("a number of tensors", tensors.len(), MAX_TENSORS as u64)?;
    let mut seen = BTreeSet::new();
    for (name, values) in tensors {
        if name.is_empty() || name == "__metadata__" {
            return Err(StoreError::tensor(name, "not a name for a tensor"));
        }
        if !seen.insert(name) {
            return Err(StoreError::tensor(name, "named twice"));
        }
        if values.is_empty() {
            return Err(StoreError::tensor(name, format!("shape {:?} holds nothing", values.shape())));
        }
        values.check(name)?;
    }
    Ok(())
}

pub(crate) fn limit(what: &'static str, got: usize, limit: u64) -> Result<(), StoreError> {
    let got = got as u64;
    if got > limit { Err(StoreError::TooLarge { what, got, limit }) } else { Ok(()) }
}
