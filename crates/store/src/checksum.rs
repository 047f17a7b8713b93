//! SHA-256, inside our files and beside foreign ones.
//!
//! The sum of one of our files is that of all its bytes with zeros in the place of its own 64 digits. So nothing in it
//! is outside the sum, not even a space, and any language verifies it in one line.

use crate::StoreError;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Digits of a sum that is still to come.
pub(crate) const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256 of `bytes` in 64 lower-case digits (FIPS 180-4), as `sha256sum` prints it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

/// Refuses bytes whose SHA-256 is not `pinned` (64 hexadecimal digits of either case).
///
/// # Errors
/// [`StoreError::Pinned`] with both sums; a pin that is no SHA-256 matches nothing.
pub fn verify_sha256(bytes: &[u8], pinned: &str) -> Result<(), StoreError> {
    let computed = sha256_hex(bytes);
    if computed.eq_ignore_ascii_case(pinned.trim()) {
        return Ok(());
    }
    Err(StoreError::Pinned { pinned: pinned.to_string(), computed })
}

fn hex(sum: Sha256) -> String {
    use std::fmt::Write;
    sum.finalize().iter().fold(String::with_capacity(64), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Sum of the file with zeros in place of `digits`, which stand at `at`.
fn sum_around(bytes: &[u8], at: usize) -> String {
    let mut sum = Sha256::new_with_prefix(&bytes[..at]);
    sum.update(ZEROS);
    sum.update(&bytes[at + 64..]);
    hex(sum)
}

fn place(part: &[u8], digits: &str) -> Option<usize> {
    part.windows(64).position(|w| w == digits.as_bytes())
}

/// Puts the sum where the document has zeros; the document comes first in this part of the file, its sum first in the document.
pub(crate) fn seal(bytes: &mut [u8], within: Range<usize>) {
    let at = within.start + place(&bytes[within], ZEROS).expect("encode puts the zeros there");
    let sum = sum_around(bytes, at);
    bytes[at..at + 64].copy_from_slice(sum.as_bytes());
}

/// Compares the sum a document names with the bytes; the document stands in this part of them.
pub(crate) fn verify(bytes: &[u8], within: Range<usize>, stored: &str) -> Result<(), StoreError> {
    if stored.len() != 64 || !stored.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(StoreError::document("its sha256 is not 64 lower-case hexadecimal digits"));
    }
    let at = place(&bytes[within.clone()], stored)
        .ok_or_else(|| StoreError::document("its sha256 is written with escapes"))?
        + within.start;
    let computed = sum_around(bytes, at);
    if computed == stored {
        return Ok(());
    }
    Err(StoreError::Checksum { stored: stored.to_string(), computed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_the_standard() {
        // FIPS 180-4, the example of one block.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), abc);
        assert!(verify_sha256(b"abc", &abc.to_uppercase()).is_ok());
        assert!(verify_sha256(b"abd", abc).unwrap_err().to_string().contains(abc));
        assert!(verify_sha256(b"abc", "").is_err());
    }
}
