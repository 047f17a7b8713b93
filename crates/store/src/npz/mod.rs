//! NumPy's archive: a zip file of `.npy` arrays, as `numpy.savez` and `savez_compressed` write it. Ours carry the document of a safetensors file as the comment of
//! the archive, so with a checksum over every byte; NumPy does not look at it.

mod array;
mod npy;
mod zip;

use crate::decode::Decoded;
use crate::document::{self, Stored};
use crate::encode::{check, document_text, limit};
use crate::header::Metadata;
use crate::limits::{KEY, MAX_FILE};
use crate::{Document, StoreError, TensorValues, checksum};
use std::collections::BTreeMap;

/// Ending of a member's name.
const ENDING: &str = ".npy";
/// Most bytes that the arrays of a file may take in memory: this, and three times the length of the file. Weights are noise, which no packing makes
/// much smaller; what unpacks to more is a bomb.
const UNPACKED: u64 = 12 << 20;

fn broken(what: impl ToString) -> StoreError {
    StoreError::NotNpz { what: what.to_string() }
}

/// Comment, then checksum, then members: each step trusts only what the last one proved.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, StoreError> {
    let length = bytes.len() as u64;
    if length > MAX_FILE {
        return Err(StoreError::TooLarge { what: "a file in bytes", got: length, limit: MAX_FILE });
    }
    let archive = zip::Archive::find(bytes).map_err(broken)?;
    let mut metadata = Metadata::new();
    let mut document = None;
    if !archive.comment.is_empty() {
        let text = std::str::from_utf8(&bytes[archive.comment.clone()]).map_err(broken)?;
        metadata.insert(KEY.into(), text.into());
        if let Some((text, envelope)) = document::find(&metadata)? {
            checksum::verify(bytes, archive.comment.clone(), &envelope.sha256)?;
            let ours: Document = serde_json::from_str(text).map_err(StoreError::document)?;
            ours.check()?;
            document = Some(ours);
        }
    }
    let mut left = 3 * length + UNPACKED;
    let (mut tensors, mut converted) = (BTreeMap::new(), BTreeMap::new());
    for member in archive.members().map_err(broken)? {
        let Some(name) = member.name.strip_suffix(ENDING).filter(|name| !name.is_empty()) else {
            return Err(StoreError::tensor(member.name, "no array: the name of a member ends in .npy"));
        };
        let (values, stored) = array::read(name, &member, &mut left)?;
        values.check(name)?;
        if values.is_empty() && document.is_some() {
            return Err(StoreError::tensor(name, format!("shape {:?} holds nothing", values.shape())));
        }
        if stored == "F16" {
            converted.insert(name.to_string(), stored);
        }
        if tensors.insert(name.to_string(), values).is_some() {
            return Err(StoreError::tensor(name, "stands there twice"));
        }
    }
    if tensors.is_empty() {
        return Err(broken("it holds no array"));
    }
    Ok(Decoded { document, metadata, tensors: tensors.into_iter().collect(), converted, container: "npz" })
}

/// A whole file: the arrays as they are, in the order given, the document behind them.
pub(crate) fn encode(
    kind: &str,
    networks: Vec<Stored>,
    extra: serde_json::Value,
    tensors: &[(String, TensorValues)],
) -> Result<Vec<u8>, StoreError> {
    check(tensors)?;
    let text = document_text(kind, networks, extra)?;
    limit("a document in the comment of an .npz file, in bytes,", text.len(), u16::MAX.into())?;
    let mut file = zip::Writer::default();
    for (name, values) in tensors {
        let name = format!("{name}{ENDING}");
        limit("a name in bytes", name.len(), u16::MAX.into())?;
        let mut member = npy::header(values.element(), &values.shape());
        member.extend(values.bytes());
        limit("an .npz file in bytes", file.len() + member.len() + (1 << 26), u32::MAX.into())?;
        file.add(&name, &member);
    }
    let (mut bytes, comment) = file.finish(text.as_bytes());
    checksum::seal(&mut bytes, comment);
    Ok(bytes)
}
