//! SHA-256 and MD5, in the hexadecimal form that the tables hold.

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
        hexadecimal(&self.state.finalize())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

/// A running MD5 (RFC 1321), for files of which nothing else was published.
pub(crate) struct Md5 {
    state: [u32; 4],
    block: Vec<u8>,
    bytes: u64,
}

impl Default for Md5 {
    fn default() -> Self {
        let state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
        Self { state, block: Vec::with_capacity(64), bytes: 0 }
    }
}

impl Md5 {
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        while self.block.len() + bytes.len() >= 64 {
            let (now, rest) = bytes.split_at(64 - self.block.len());
            self.block.extend_from_slice(now);
            bytes = rest;
            self.mix();
        }
        self.block.extend_from_slice(bytes);
    }
    /// Takes in one whole block.
    fn mix(&mut self) {
        const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
        let word = |k: usize| {
            let at = 4 * k;
            u32::from_le_bytes([self.block[at], self.block[at + 1], self.block[at + 2], self.block[at + 3]])
        };
        let [mut a, mut b, mut c, mut d] = self.state;
        for i in 0..64 {
            let (f, k) = match i / 16 {
                0 => ((b & c) | (!b & d), i),
                1 => ((d & b) | (!d & c), 5 * i + 1),
                2 => (b ^ c ^ d, 3 * i + 5),
                _ => (c ^ (b | !d), 7 * i),
            };
            // floor(2³² |sin(i + 1)|), as the RFC defines its table.
            let sine = (4_294_967_296.0 * ((i + 1) as f64).sin().abs()) as u32;
            let sum = a.wrapping_add(f).wrapping_add(sine).wrapping_add(word(k % 16));
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(SHIFTS[i / 16][i % 4])));
        }
        for (s, v) in self.state.iter_mut().zip([a, b, c, d]) {
            *s = s.wrapping_add(v);
        }
        self.block.clear();
    }
    /// Lower-case hexadecimal.
    pub fn finish(mut self) -> String {
        let bits = self.bytes.wrapping_mul(8);
        let zeros = (119 - self.bytes % 64) % 64;
        self.update(&[0x80]);
        self.update(&vec![0; zeros as usize]);
        self.update(&bits.to_le_bytes());
        let bytes: Vec<u8> = self.state.iter().flat_map(|s| s.to_le_bytes()).collect();
        hexadecimal(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::{Hasher, Md5};

    #[test]
    fn the_standard_s_first_example() {
        let mut h = Hasher::default();
        h.update(b"a");
        h.update(b"bc");
        // FIPS 180-4, "abc".
        assert_eq!(h.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn md5_of_the_rfc_s_examples_in_pieces_of_every_length() {
        let digits = "1234567890".repeat(8);
        for (text, want) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (digits.as_str(), "57edf4a22be3c955ac49da2e2107b67a"),
        ] {
            for step in [1, 7, 63, 64, 80] {
                let mut md5 = Md5::default();
                text.as_bytes().chunks(step).for_each(|piece| md5.update(piece));
                assert_eq!(md5.finish(), want, "{text} by {step}");
            }
        }
    }
}
