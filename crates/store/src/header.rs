//! A strict first look at a safetensors header.
//!
//! The safetensors crate keeps the last of two equal names, skips unknown fields and holds arrays of any length; this
//! look refuses them while they stream by, before anything is held.

use crate::StoreError;
use crate::limits::{MAX_HEADER, MAX_RANK, MAX_TENSORS};
use crate::terminal::{NAME, shown};
use crate::values::check_shape;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Length of all before the tensors, from the first eight bytes.
///
/// # Errors
/// If the file ends before the header does, or the header is above its limit.
pub(crate) fn end(first: [u8; 8], file: u64) -> Result<usize, StoreError> {
    let length = u64::from_le_bytes(first);
    if length > file.saturating_sub(8) {
        let what = format!("the header wants {length} bytes, the file has {file}");
        return Err(StoreError::broken(what));
    }
    if length > MAX_HEADER {
        return Err(StoreError::TooLarge { what: "a header in bytes", got: length, limit: MAX_HEADER });
    }
    Ok(8 + length as usize)
}

/// Free text of the file, by key.
pub(crate) type Metadata = BTreeMap<String, String>;

/// Types of numbers that are read.
const READ: [&str; 5] = ["F32", "F64", "F16", "BF16", "I64"];

/// Refuses what the safetensors crate would let pass; gives back the metadata.
pub(crate) fn check(json: &[u8]) -> Result<Metadata, StoreError> {
    let header: Header = serde_json::from_slice(json).map_err(StoreError::broken)?;
    for (name, entry) in &header.tensors {
        if name.is_empty() {
            return Err(StoreError::tensor(name, "a tensor needs a name"));
        }
        if !READ.contains(&entry.dtype.as_str()) {
            let dtype = shown(&entry.dtype, NAME);
            let what =
                format!("numbers of type {dtype}; F32, F64, F16, BF16 and I64 can be read, convert it");
            return Err(StoreError::tensor(name, what));
        }
        check_shape(name, &entry.shape.0)?;
    }
    Ok(header.metadata)
}

struct Header {
    metadata: Metadata,
    tensors: Vec<(String, Entry)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    dtype: String,
    shape: Dims,
    #[serde(rename = "data_offsets")]
    _offsets: [u64; 2],
}

struct Dims(Vec<usize>);

impl<'de> Deserialize<'de> for Dims {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Dims;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a shape of at most {MAX_RANK} axes")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Dims, A::Error> {
                let mut dims = Vec::with_capacity(MAX_RANK);
                while let Some(dim) = seq.next_element()? {
                    if dims.len() == MAX_RANK {
                        return Err(A::Error::custom(format!("a shape of more than {MAX_RANK} axes")));
                    }
                    dims.push(dim);
                }
                Ok(Dims(dims))
            }
        }
        d.deserialize_seq(Walk)
    }
}

/// Text by key, no key twice.
struct Texts(Metadata);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Texts;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text by key")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
                let mut texts = Metadata::new();
                while let Some((key, text)) = map.next_entry::<String, String>()? {
                    if texts.contains_key(&key) {
                        return Err(A::Error::custom(format!("the metadata key `{key}` stands there twice")));
                    }
                    texts.insert(key, text);
                }
                Ok(Texts(texts))
            }
        }
        d.deserialize_map(Walk)
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Header;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of tensors")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
                let mut header = Header { metadata: Metadata::new(), tensors: Vec::new() };
                let mut seen = BTreeSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    if !seen.insert(name.clone()) {
                        return Err(A::Error::custom(format!("`{name}` stands there twice")));
                    }
                    if name == "__metadata__" {
                        header.metadata = map.next_value::<Texts>()?.0;
                    } else if header.tensors.len() == MAX_TENSORS {
                        return Err(A::Error::custom(format!("more than {MAX_TENSORS} tensors")));
                    } else {
                        header.tensors.push((name, map.next_value()?));
                    }
                }
                Ok(header)
            }
        }
        d.deserialize_map(Walk)
    }
}
