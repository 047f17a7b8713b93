//! The bytes of a checkpoint.

use crate::StoreError;
use crate::limits::{MAX_FILE, MAX_RANK};
use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;

/// Newest layout that this program writes and reads.
pub const CHECKPOINT_FORMAT: u32 = 1;
/// Bytes before the contents.
pub(super) const HEAD: usize = 64;
/// Where the checksum begins.
const SUM: usize = 32;
const MAGIC: &[u8; 8] = b"SPARCKPT";
/// bincode 2, standard configuration.
const CODEC: u32 = 1;
/// Most bytes of the contents: 16 MiB.
const MAX_CONTENTS: usize = 16 << 20;
/// Most arrays of a checkpoint.
pub(super) const MAX_ARRAYS: usize = 1 << 16;
/// Arrays begin at multiples of this many bytes.
const ALIGNMENT: u64 = 64;

/// What the structured part holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contents<M> {
    pub value: M,
    #[serde(deserialize_with = "bounded")]
    pub table: Vec<Entry>,
}

/// A table of at most [`MAX_ARRAYS`]: a few bytes a row could otherwise become gigabytes of rows.
fn bounded<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Entry>, D::Error> {
    struct Table;
    impl<'de> Visitor<'de> for Table {
        type Value = Vec<Entry>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "at most {MAX_ARRAYS} arrays")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Vec<Entry>, A::Error> {
            let mut table = Vec::new();
            while let Some(entry) = rows.next_element()? {
                if table.len() == MAX_ARRAYS {
                    return Err(A::Error::custom(format!("more than {MAX_ARRAYS} arrays")));
                }
                table.push(entry);
            }
            Ok(table)
        }
    }
    d.deserialize_seq(Table)
}

/// An array in the data.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub name: String,
    pub shape: Vec<u64>,
    /// In bytes, from the beginning of the data.
    pub offset: u64,
}

impl Entry {
    /// How many numbers the array has.
    pub fn numbers(&self) -> Result<u64, StoreError> {
        if self.shape.len() > MAX_RANK {
            return Err(self.refused(format!("{} axes, at most {MAX_RANK} are allowed", self.shape.len())));
        }
        let product = self.shape.iter().try_fold(1_u64, |n, &d| n.checked_mul(d));
        let fits = product.filter(|&n| n <= MAX_FILE / 4);
        fits.ok_or_else(|| self.refused(format!("the shape {:?} is too large", self.shape)))
    }
    fn refused(&self, what: String) -> StoreError {
        StoreError::tensor(&self.name, what)
    }
}

pub(super) fn broken(what: impl ToString) -> StoreError {
    StoreError::Checkpoint { what: what.to_string() }
}

/// The next multiple of the alignment.
pub(super) fn padded(at: u64) -> u64 {
    at.next_multiple_of(ALIGNMENT)
}

/// Where the next array begins after one of so many numbers.
pub(super) fn next(at: u64, numbers: u64) -> u64 {
    padded(at.saturating_add(numbers.saturating_mul(4)).min(MAX_FILE + 1))
}

/// The table describes data of this length, without holes or overlap, and each name once.
pub(super) fn check(table: &[Entry], lengths: &[u64], data: u64) -> Result<(), StoreError> {
    if table.len() > MAX_ARRAYS {
        let (got, limit) = (table.len() as u64, MAX_ARRAYS as u64);
        return Err(StoreError::TooLarge { what: "the number of arrays", got, limit });
    }
    let (mut at, mut names) = (0, BTreeSet::new());
    for (entry, &numbers) in table.iter().zip(lengths) {
        if entry.numbers()? != numbers {
            return Err(entry.refused(format!("the shape {:?} does not hold {numbers} numbers", entry.shape)));
        }
        if entry.offset != at {
            return Err(entry.refused(format!("it begins at byte {}, not at {at}", entry.offset)));
        }
        if !names.insert(&entry.name) {
            return Err(entry.refused("the name is given twice".into()));
        }
        at = next(at, numbers);
    }
    if at > MAX_FILE {
        return Err(StoreError::TooLarge { what: "a checkpoint in bytes", got: at, limit: MAX_FILE });
    }
    if at != data {
        return Err(broken(format!("its arrays take {at} bytes, it has {data}")));
    }
    Ok(())
}

/// Header and contents, padded so that the data may follow; room for so many bytes of them is reserved.
pub(super) fn begin<M: Serialize>(contents: &Contents<M>, data: u64) -> Result<Vec<u8>, StoreError> {
    let mut encoded = bincode::serde::encode_to_vec(contents, bincode::config::standard()).map_err(broken)?;
    if encoded.len() > MAX_CONTENTS {
        let (got, limit) = (encoded.len() as u64, MAX_CONTENTS as u64);
        return Err(StoreError::TooLarge { what: "the contents of a checkpoint in bytes", got, limit });
    }
    let length = encoded.len() as u64;
    let mut bytes = Vec::with_capacity(HEAD + padded(length) as usize + data as usize);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&CHECKPOINT_FORMAT.to_le_bytes());
    bytes.extend_from_slice(&CODEC.to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&data.to_le_bytes());
    bytes.resize(HEAD, 0);
    bytes.append(&mut encoded);
    bytes.resize(padded(bytes.len() as u64) as usize, 0);
    Ok(bytes)
}

/// Puts the checksum in its place.
pub(super) fn seal(bytes: &mut [u8]) {
    let sum = sum(bytes);
    bytes[SUM..HEAD].copy_from_slice(&sum);
}

fn sum(bytes: &[u8]) -> [u8; 32] {
    let mut sum = Sha256::new_with_prefix(&bytes[..SUM]);
    sum.update(&bytes[HEAD..]);
    sum.finalize().into()
}

/// Lengths of contents and data, of a header that belongs to a file of this length.
pub(super) fn check_head(head: &[u8; HEAD], length: u64) -> Result<(usize, usize), StoreError> {
    if &head[..8] != MAGIC {
        return Err(broken("it does not begin as one"));
    }
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let long = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
    let found = word(8);
    if found > CHECKPOINT_FORMAT {
        return Err(StoreError::Future { found, known: CHECKPOINT_FORMAT });
    }
    if found == 0 || word(12) != CODEC {
        return Err(broken(format!("format {found}, codec {}", word(12))));
    }
    let (contents, data) = (long(16), long(24));
    if contents > MAX_CONTENTS as u64 {
        let limit = MAX_CONTENTS as u64;
        return Err(StoreError::TooLarge {
            what: "the contents of a checkpoint in bytes",
            got: contents,
            limit,
        });
    }
    let wanted = HEAD as u128 + u128::from(padded(contents)) + u128::from(data);
    if wanted != u128::from(length) {
        return Err(broken(format!("it has {length} bytes, its header says {wanted}")));
    }
    Ok((contents as usize, data as usize))
}

/// Contents and data of the whole file, whose checksum is right.
pub(super) fn parts(bytes: &[u8]) -> Result<(&[u8], &[u8]), StoreError> {
    let head = bytes.first_chunk().ok_or_else(|| broken(format!("it has {} bytes", bytes.len())))?;
    let (contents, data) = check_head(head, bytes.len() as u64)?;
    let hex = |sum: &[u8]| sum.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let (stored, computed) = (&bytes[SUM..HEAD], sum(bytes));
    if stored != computed {
        return Err(StoreError::Checksum { stored: hex(stored), computed: hex(&computed) });
    }
    let end = HEAD + contents;
    let from = bytes.len() - data;
    if bytes[end..from].iter().any(|&b| b != 0) {
        return Err(broken("something stands between its contents and its arrays"));
    }
    Ok((&bytes[HEAD..end], &bytes[from..]))
}

/// Decodes all of the contents, never more than the limit of them.
pub(super) fn contents<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    let config = bincode::config::standard().with_limit::<MAX_CONTENTS>();
    let (value, read) = bincode::serde::decode_from_slice(bytes, config).map_err(broken)?;
    if read != bytes.len() {
        return Err(broken(format!("{} bytes follow its contents", bytes.len() - read)));
    }
    Ok(value)
}
