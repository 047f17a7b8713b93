//! Weights of networks, out and in.

use crate::compare::compare;
use crate::{
    Document, LoadNote, StoreError, Stored, TensorFile, container::bytes_for, layout, open::open,
    verify_sha256, write_atomic, write_new,
};
use sparring_nn::{Graph, Network};
use sparring_tensor::Array;
use std::collections::BTreeMap;
use std::path::Path;

/// A network to write, behind its prefix (empty for the only one).
pub type Prefixed<'a> = (&'a str, &'a Network<f32>);

/// Writes networks with their specs and a checksum, whole or not at all; equal networks make equal files. A name that ends in `.npz` makes an archive of NumPy's,
/// any other safetensors.
///
/// Tensors carry PyTorch's names, `0.weight`, behind the prefix if there is one, `generator.0.weight`.
///
/// # Errors
/// [`StoreError`] if a tensor was set that its layer cannot use, a weight is not finite, or the system refuses; the old file is
/// then untouched.
pub fn write(
    path: impl AsRef<Path>,
    kind: &str,
    networks: &[Prefixed<'_>],
    extra: serde_json::Value,
) -> Result<(), StoreError> {
    let path = path.as_ref();
    let bytes = bytes_of(path, kind, networks, extra).map_err(|e| e.at(path))?;
    write_atomic(path, &bytes)
}

/// As [`write()`], but never over another file.
///
/// # Errors
/// As there, and [`StoreError::Taken`] if the name is taken.
pub fn write_new_weights(
    path: impl AsRef<Path>,
    kind: &str,
    networks: &[Prefixed<'_>],
    extra: serde_json::Value,
) -> Result<(), StoreError> {
    let path = path.as_ref();
    let bytes = bytes_of(path, kind, networks, extra).map_err(|e| e.at(path))?;
    write_new(path, &bytes)
}

fn bytes_of(
    path: &Path,
    kind: &str,
    networks: &[Prefixed<'_>],
    extra: serde_json::Value,
) -> Result<Vec<u8>, StoreError> {
    let mut tensors = Vec::new();
    for (prefix, network) in networks {
        let dotted = if prefix.is_empty() { String::new() } else { format!("{prefix}.") };
        let own: Vec<_> =
            network.params.iter().map(|p| (format!("{dotted}{}", p.name()), p.value.clone())).collect();
        let shapes = own.iter().map(|(name, a)| (name.clone(), a.shape().dims().to_vec()));
        compare(&layout(network.graph(), prefix), &shapes.collect::<Vec<_>>())?;
        tensors.extend(own.into_iter().map(|(name, a)| (name, a.into())));
    }
    let stored = |(prefix, network): &Prefixed<'_>| Stored {
        prefix: prefix.to_string(),
        spec: network.graph().clone(),
    };
    bytes_for(path, kind, networks.iter().map(stored).collect(), extra, &tensors)
}

/// Why a tensor of whole numbers is no weight.
const WHOLE: &str =
    "numbers of type I64; weights are F32, F64, F16 or BF16: leave this tensor out when the file is saved";

/// What PyTorch's batch normalisation counts beside its statistics; no output depends on it.
const COUNTER: &str = "num_batches_tracked";

/// The weights of a file, checked; no network yet.
#[derive(Clone, Debug)]
pub struct Weights {
    document: Option<Document>,
    pub(crate) tensors: BTreeMap<String, Array<f32>>,
    pub(crate) notes: Vec<LoadNote>,
}

/// Reads weights, safetensors or `.npz`: our own files with spec and checksum, or those of another program, which come without a spec.
///
/// # Errors
/// [`StoreError`] naming the file for a broken structure, a tensor that is not f32, f64, f16 or bf16, not finite as f32 or of more
/// than four axes; in a file of ours also for any change since it was written and for tensors that are not its specs'.
pub fn read(path: impl AsRef<Path>) -> Result<Weights, StoreError> {
    let path = path.as_ref();
    Weights::parse(&open(path)?).map_err(|e| e.at(path))
}

/// As [`read`], but only the file with this SHA-256 (64 digits, as `sha256sum` prints them): the way to trust a file
/// that another program wrote.
///
/// # Errors
/// [`StoreError::Pinned`] for another content, before anything in it is looked at; else as [`read`].
pub fn read_verified(path: impl AsRef<Path>, sha256: &str) -> Result<Weights, StoreError> {
    let path = path.as_ref();
    let bytes = open(path)?;
    verify_sha256(&bytes, sha256).and_then(|()| Weights::parse(&bytes)).map_err(|e| e.at(path))
}

impl Weights {
    /// As [`read`], from memory.
    ///
    /// # Errors
    /// As there.
    pub fn parse(bytes: &[u8]) -> Result<Self, StoreError> {
        let TensorFile { document, tensors: found, converted, .. } = TensorFile::parse(bytes)?;
        if let Some(document) = &document {
            if document.networks.is_empty() {
                let what = format!("it is of kind `{}` and holds no network", document.kind);
                return Err(StoreError::document(what));
            }
            let wanted: Vec<_> = document.networks.iter().flat_map(|n| layout(&n.spec, &n.prefix)).collect();
            compare(&wanted, &found.iter().map(|(name, v)| (name.clone(), v.shape())).collect::<Vec<_>>())?;
        }
        let (mut tensors, mut empty, mut counts) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        let mut counters = Vec::new();
        for (name, values) in found {
            if values.is_empty() {
                empty.push(name);
                continue;
            }
            if values.dtype() == "I64" && name.rsplit('.').next() == Some(COUNTER) {
                counters.push(name);
                continue;
            }
            let stored = converted.get(&name).copied().unwrap_or(values.dtype());
            if stored != "F32" {
                *counts.entry(stored).or_insert(0) += 1;
            }
            let floats = values.into_f32().ok_or_else(|| StoreError::tensor(&name, WHOLE))?;
            if floats.as_slice().iter().any(|v| !v.is_finite()) {
                return Err(StoreError::tensor(&name, "a number of type F64 is too large for F32"));
            }
            tensors.insert(name, floats);
        }
        let converted = |(from, tensors)| LoadNote::Converted { from, tensors };
        let mut notes: Vec<_> = counts.into_iter().map(converted).collect();
        notes.extend((!empty.is_empty()).then_some(LoadNote::Empty { names: empty }));
        notes.extend((!counters.is_empty()).then_some(LoadNote::Counters { names: counters }));
        Ok(Self { document, tensors, notes })
    }
    /// What was changed while the file was read: numbers of another type, tensors without a number.
    pub fn notes(&self) -> &[LoadNote] {
        &self.notes
    }
    /// What the file says of itself; `None` if another program wrote it.
    pub fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }
    /// The spec of the network with this prefix; `None` if the file does not tell.
    pub fn spec(&self, prefix: &str) -> Option<&Graph> {
        self.document()?.networks.iter().find(|n| n.prefix == prefix).map(|n| &n.spec)
    }
    /// What the file is for; `None` if another program wrote it.
    pub fn kind(&self) -> Option<&str> {
        self.document().map(|d| d.kind.as_str())
    }
    /// Refuses a file of another kind; one that another program wrote may be anything.
    ///
    /// # Errors
    /// [`StoreError::Kind`].
    pub fn expect_kind(&self, wanted: &str) -> Result<(), StoreError> {
        match self.kind() {
            Some(got) if got != wanted => Err(StoreError::Kind { wanted: wanted.into(), got: got.into() }),
            _ => Ok(()),
        }
    }
    /// What the writer put beside the networks; `None` if another program wrote the file.
    pub fn extra(&self) -> Option<&serde_json::Value> {
        self.document().map(|d| &d.extra)
    }
    /// Name and numbers of every tensor, in the order of the names.
    pub fn tensors(&self) -> impl ExactSizeIterator<Item = (&str, &Array<f32>)> {
        self.tensors.iter().map(|(name, a)| (name.as_str(), a))
    }
    /// The tensor of this full name.
    pub fn get(&self, name: &str) -> Option<&Array<f32>> {
        self.tensors.get(name)
    }
}
