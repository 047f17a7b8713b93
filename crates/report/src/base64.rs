//! Base64 for data URIs (RFC 4648, section 4, with padding).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends the base64 form of `bytes` to `out`.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let word =
            three.iter().enumerate().fold(0u32, |word, (i, &byte)| word | u32::from(byte) << (16 - 8 * i));
        for i in 0..4 {
            // n bytes fill n + 1 letters, the rest is padding.
            let letter = if i <= three.len() { ALPHABET[(word >> (18 - 6 * i)) as usize & 63] } else { b'=' };
            out.push(char::from(letter));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        encode(bytes, &mut out);
        out
    }

    #[test]
    fn vectors_of_the_rfc() {
        let known = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, coded) in known {
            assert_eq!(encoded(plain.as_bytes()), coded);
        }
        assert_eq!(encoded(&[0xFB, 0xFF, 0xFE]), "+//+");
    }

    proptest! {
        #[test]
        fn decodes_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = encoded(&bytes);
            prop_assert_eq!(text.len() % 4, 0);
            let mut bits = 0u32;
            let mut held = 0;
            let mut back = Vec::new();
            for letter in text.bytes().filter(|&b| b != b'=') {
                bits = bits << 6 | ALPHABET.iter().position(|&a| a == letter).unwrap() as u32;
                held += 6;
                if held >= 8 {
                    held -= 8;
                    back.push((bits >> held) as u8);
                }
            }
            prop_assert_eq!(back, bytes);
        }
    }
}
