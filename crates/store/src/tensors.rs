//! Files of named tensors that are no network: the outcome of an attack.

use crate::{
    Document, StoreError, TensorValues, container, decode::Decoded, open::open, write_atomic, write_new,
};
use std::collections::BTreeMap;
use std::path::Path;

/// Writes named tensors with a checksum, whole or not at all; equal tensors make equal files. A name that ends in `.npz` makes an archive of NumPy's, any other safetensors.
///
/// ```
/// # let dir = tempfile::tempdir()?; let path = dir.path().join("attack.safetensors");
/// use sparring_store::{TensorValues, read_tensors, write_tensors};
/// use sparring_tensor::Array;
/// let tensors = [("x_adv", Array::<f32>::zeros([2, 1, 4, 4]).into()), ("labels", TensorValues::labels([7, 2]))];
/// write_tensors(&path, "attack", &tensors, serde_json::json!({ "attack": "pgd", "eps": 0.3 }))?;
/// let file = read_tensors(&path)?;
/// assert_eq!(file.get("labels").unwrap().shape(), [2]);
/// assert_eq!(file.document.unwrap().extra["attack"], "pgd");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`StoreError`] for a tensor that is empty, not finite, named twice or of more than four axes, and for what the
/// system refuses; the old file is then untouched.
pub fn write_tensors(
    path: impl AsRef<Path>,
    kind: &str,
    tensors: &[(&str, TensorValues)],
    extra: serde_json::Value,
) -> Result<(), StoreError> {
    let path = path.as_ref();
    write_atomic(path, &bytes_of(path, kind, tensors, extra)?)
}

/// As [`write_tensors`], but never over another file.
///
/// # Errors
/// As [`write_tensors`], and [`StoreError::Taken`] if the name is taken.
pub fn write_new_tensors(
    path: impl AsRef<Path>,
    kind: &str,
    tensors: &[(&str, TensorValues)],
    extra: serde_json::Value,
) -> Result<(), StoreError> {
    let path = path.as_ref();
    write_new(path, &bytes_of(path, kind, tensors, extra)?)
}

fn bytes_of(
    path: &Path,
    kind: &str,
    tensors: &[(&str, TensorValues)],
    extra: serde_json::Value,
) -> Result<Vec<u8>, StoreError> {
    let tensors: Vec<_> = tensors.iter().map(|(name, v)| (name.to_string(), v.clone())).collect();
    container::bytes_for(path, kind, Vec::new(), extra, &tensors).map_err(|e| e.at(path))
}

/// Everything in a safetensors or `.npz` file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TensorFile {
    /// Our document; `None` in a file another program wrote.
    pub document: Option<Document>,
    /// Metadata of the file, ours included.
    pub metadata: BTreeMap<String, String>,
    /// Name and numbers, in the order of the names.
    pub tensors: Vec<(String, TensorValues)>,
    /// The type in the file, `F16` or `BF16`, of tensors that come as `F32`.
    pub converted: BTreeMap<String, &'static str>,
    /// Which kind of file it is: `safetensors` or `npz`.
    pub container: &'static str,
}

impl TensorFile {
    /// As [`read_tensors`], from memory.
    ///
    /// # Errors
    /// As there.
    pub fn parse(bytes: &[u8]) -> Result<Self, StoreError> {
        let Decoded { document, metadata, tensors, converted, container } = container::everything(bytes)?;
        Ok(Self { document, metadata, tensors, converted, container })
    }
    /// The tensor of this name.
    pub fn get(&self, name: &str) -> Option<&TensorValues> {
        self.tensors.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }
}

/// Reads any safetensors or `.npz` file of f32, f64, f16, bf16 and i64 tensors, of this program or another.
///
/// # Errors
/// [`StoreError`] naming the file for a broken structure, a number that is not finite, a tensor of more than
/// four axes, and, in a file of ours, any change since it was written.
pub fn read_tensors(path: impl AsRef<Path>) -> Result<TensorFile, StoreError> {
    let path = path.as_ref();
    TensorFile::parse(&open(path)?).map_err(|e| e.at(path))
}
