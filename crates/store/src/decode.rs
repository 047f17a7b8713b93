//! Bytes to tensors and document.

use crate::limits::MAX_FILE;
use crate::recognise::recognise;
use crate::{Document, StoreError, TensorValues, checksum, document, header};
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;

/// What a file holds, every check of its structure passed.
pub(crate) struct Decoded {
    pub document: Option<Document>,
    pub metadata: header::Metadata,
    /// In the order of their names.
    pub tensors: Vec<(String, TensorValues)>,
    /// The type in the file of those that come as another.
    pub converted: BTreeMap<String, &'static str>,
    /// `safetensors` or `npz`.
    pub container: &'static str,
}

/// Length, then header, then checksum, then document, then tensors: each step trusts only what the last one proved.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, StoreError> {
    let length = bytes.len() as u64;
    if length > MAX_FILE {
        return Err(StoreError::TooLarge { what: "a file in bytes", got: length, limit: MAX_FILE });
    }
    let broken = || StoreError::broken(format!("it has {length} bytes"));
    let end = bytes.first_chunk().ok_or_else(broken).and_then(|first| header::end(*first, length));
    if let (Some(foreign), true) = (recognise(bytes), end.is_err() || bytes.get(8) != Some(&b'{')) {
        return Err(foreign.into());
    }
    let end = end?;
    let metadata = header::check(&bytes[8..end])?;
    let document = match document::find(&metadata)? {
        None => None,
        Some((text, envelope)) => {
            checksum::verify(bytes, 0..end, &envelope.sha256)?;
            let document: Document = serde_json::from_str(text).map_err(StoreError::document)?;
            document.check()?;
            Some(document)
        }
    };
    let file = SafeTensors::deserialize(bytes).map_err(StoreError::broken)?;
    let (mut tensors, mut converted) = (Vec::with_capacity(file.len()), BTreeMap::new());
    for (name, view) in file.iter() {
        let values = TensorValues::parse(view.dtype(), view.shape(), view.data())
            .ok_or_else(|| StoreError::tensor(name, "its numbers do not fill its shape"))?;
        values.check(name)?;
        if values.is_empty() && document.is_some() {
            return Err(StoreError::tensor(name, format!("shape {:?} holds nothing", values.shape())));
        }
        match view.dtype() {
            Dtype::F16 => drop(converted.insert(name.to_string(), "F16")),
            Dtype::BF16 => drop(converted.insert(name.to_string(), "BF16")),
            _ => {}
        }
        tensors.push((name.to_string(), values));
    }
    tensors.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Decoded { document, metadata, tensors, converted, container: "safetensors" })
}
