//! The document: what the tensors of a file are.

use crate::limits::{FORMAT, KEY, MAX_DOCUMENT};
use crate::{StoreError, header::Metadata};
use serde::{Deserialize, Serialize};
use sparring_nn::Graph;

/// One network of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    /// What its tensors' names begin with (`generator` for `generator.0.weight`); empty for the only one.
    pub prefix: String,
    /// The network as data.
    pub spec: Graph,
}

/// What stands, as JSON, under the one metadata key `sparring`. No time, path or thread count: equal models make equal
/// files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Document {
    /// Layout of this document, [`FORMAT`].
    pub format: u32,
    /// SHA-256 of the whole file with zeros in place of these 64 digits.
    pub sha256: String,
    /// What the file is for: `classifier`, `autoencoder`, `gan`, or anything the writer says.
    pub kind: String,
    /// The networks, in the order they were written; none in a file of mere tensors.
    pub networks: Vec<Stored>,
    /// Anything else the writer wants to find again.
    pub extra: serde_json::Value,
}

/// The part that every format keeps, so that a later one can be named.
#[derive(Deserialize)]
pub(crate) struct Envelope {
    pub format: u32,
    pub sha256: String,
}

/// The text of our document, if the file has one.
///
/// # Errors
/// If it is too large, of a later format, or stands under another key: then a bit of the key was lost.
pub(crate) fn find(metadata: &Metadata) -> Result<Option<(&str, Envelope)>, StoreError> {
    let parse = |text: &str| serde_json::from_str::<Envelope>(text);
    let Some(text) = metadata.get(KEY) else {
        let stray = metadata.iter().find(|(_, text)| parse(text).is_ok());
        return match stray {
            Some((key, _)) => Err(StoreError::document(format!("it stands under the key `{key}`"))),
            None => Ok(None),
        };
    };
    if metadata.len() > 1 {
        return Err(StoreError::document("other metadata stand beside it"));
    }
    let got = text.len() as u64;
    if got > MAX_DOCUMENT {
        return Err(StoreError::TooLarge { what: "a document in bytes", got, limit: MAX_DOCUMENT });
    }
    let envelope = parse(text).map_err(StoreError::document)?;
    if envelope.format > FORMAT {
        return Err(StoreError::Future { found: envelope.format, known: FORMAT });
    }
    if envelope.format == 0 {
        return Err(StoreError::document("there is no format 0"));
    }
    Ok(Some((text, envelope)))
}

impl Document {
    /// Prefixes and specs make sense by themselves.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        for (i, network) in self.networks.iter().enumerate() {
            let wrong = |what: &str| Err(StoreError::network(&network.prefix, what));
            if self.networks[..i].iter().any(|n| n.prefix == network.prefix) {
                return wrong("stands there twice");
            }
            if network.prefix.is_empty() && self.networks.len() > 1 {
                return wrong("one of several networks needs a prefix");
            }
            if network.prefix.contains('.') {
                return wrong("a prefix has no dot");
            }
            network.spec.validate().map_err(|e| StoreError::network(&network.prefix, e))?;
        }
        Ok(())
    }
}
