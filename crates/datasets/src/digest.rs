//! SHA-256, in the hexadecimal form that the tables hold.

use sha2::{Digest, Sha256};

/// A running SHA-256 that counts its bytes.
#[derive(Default)]
pub(crate) struct Hasher {
    state: Sha256,
    bytes: u64,
}

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
        self.bytes += bytes.len() as u64;
    }
    #[cfg(feature = "fetch")]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
    /// Lower-case hexadecimal.
    pub fn finish(self) -> String {
        use std::fmt::Write;
        self.state.finalize().iter().fold(String::with_capacity(64), |mut text, b| {
            let _ = write!(text, "{b:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Hasher;

    #[test]
    fn the_standard_s_first_example() {
        let mut h = Hasher::default();
        h.update(b"a");
        h.update(b"bc");
        // FIPS 180-4, "abc".
        assert_eq!(h.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
