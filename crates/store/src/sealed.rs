//! JSON files that hold their own checksum: an object whose first entry is the SHA-256 of the file with zeros in its place.

use crate::checksum::{ZEROS, seal, verify};
use crate::{StoreError, write_atomic};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What stands before the 64 digits, and after them.
const BEFORE: &str = "{\n  \"sha256\": \"";
const AFTER: &str = "\",\n";
/// Where the object goes on.
const HEAD: usize = BEFORE.len() + 64 + AFTER.len();
/// Larger ones are not ours, in bytes.
const MOST: u64 = 256 << 20;

fn broken(what: impl ToString) -> StoreError {
    StoreError::Sealed { what: what.to_string() }
}

/// The bytes of `value`, an object without an entry `sha256`, behind their checksum.
///
/// ```
/// # use serde_json::{Value, json};
/// let mut bytes = sparring_store::sealed_json(&json!({ "cells": 3 }))?;
/// assert_eq!(sparring_store::unsealed_json::<Value>(&bytes)?["cells"], 3);
/// let at = bytes.len() - 4;
/// bytes[at] = b'4';
/// assert!(sparring_store::unsealed_json::<Value>(&bytes).unwrap_err().to_string().contains("changed"));
/// # Ok::<(), sparring_store::StoreError>(())
/// ```
///
/// # Errors
/// [`StoreError::Json`] for what JSON cannot hold, [`StoreError::Sealed`] for what is no object with entries.
pub fn sealed_json(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let text = serde_json::to_string_pretty(value)?;
    let rest = text.strip_prefix("{\n").ok_or_else(|| broken("only an object with entries is sealed"))?;
    let mut bytes = format!("{BEFORE}{ZEROS}{AFTER}{rest}\n").into_bytes();
    seal(&mut bytes, 0..HEAD);
    Ok(bytes)
}

/// What such bytes hold; the entry `sha256` is passed to `T` as well.
///
/// # Errors
/// [`StoreError::Sealed`] if they do not begin as such a file, or were changed after it was written; [`StoreError::Json`] if they hold no `T`.
pub fn unsealed_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    let head = bytes.get(..HEAD).and_then(|head| std::str::from_utf8(head).ok());
    let digits = head.and_then(|head| head.strip_prefix(BEFORE)?.strip_suffix(AFTER));
    let digits = digits.ok_or_else(|| broken("it does not begin with its own SHA-256"))?;
    verify(bytes, 0..HEAD, digits)
        .map_err(|_| broken("it was changed after it was written, or cut off (SHA-256)"))?;
    Ok(serde_json::from_slice(bytes)?)
}

/// Writes [`sealed_json`] whole or not at all; an older file is replaced.
///
/// # Errors
/// As [`sealed_json`] and [`write_atomic`].
pub fn write_sealed(path: impl AsRef<Path>, value: &impl Serialize) -> Result<(), StoreError> {
    write_atomic(path, &sealed_json(value)?)
}

/// Reads a file of [`write_sealed`].
///
/// # Errors
/// As [`unsealed_json`], and [`StoreError::TooLarge`] beyond 256 MiB, with the path; [`StoreError::Io`].
pub fn read_sealed<T: DeserializeOwned>(path: impl AsRef<Path>) -> Result<T, StoreError> {
    let path = path.as_ref();
    let io = |source| StoreError::Io { action: "read", path: path.to_path_buf(), source };
    // Asked before opening: opening a pipe would wait for its other end.
    let about = path.metadata().map_err(io)?;
    if !about.is_file() {
        return Err(io(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a file")));
    }
    if about.len() > MOST {
        let large = StoreError::TooLarge { what: "a file in bytes", got: about.len(), limit: MOST };
        return Err(large.at(path));
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(MOST).read_to_end(&mut bytes).map_err(io)?;
    unsealed_json(&bytes).map_err(|e| e.at(path))
}
