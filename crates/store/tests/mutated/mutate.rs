//! Changes to a file.

use sparring_seed::Stream;
use sparring_store::sha256_hex;

/// Pieces of JSON.
pub const JSON: &[&[u8]] =
    &[b"0", b"9", b"-", b"18446744073709551615", b"\"", b",", b"[", b"]", b"{", b"}", b"\\u0000", b"\xff"];

/// One to four changes: bits, bytes, tempting pieces, cuts, insertions, repeats, splices, lengths.
pub fn mutate(file: &mut Vec<u8>, other: &[u8], tempting: &[&[u8]], s: &mut Stream) {
    for _ in 0..=s.below(4) {
        if file.is_empty() {
            file.push(s.bits() as u8);
        }
        let at = s.below(file.len() as u32) as usize;
        match s.below(8) {
            0 => file[at] ^= 1 << s.below(8),
            1 => file[at] = s.bits() as u8,
            2 => file.truncate(at),
            3 => {
                file.remove(at);
            }
            4 => {
                let piece = tempting[s.below(tempting.len() as u32) as usize];
                file.splice(at..at, piece.iter().copied());
            }
            5 => {
                let end = (at + s.below(60) as usize).min(file.len());
                let piece = file[at..end].to_vec();
                file.splice(at..at, piece);
            }
            6 => {
                let from = s.below(other.len() as u32) as usize;
                file.truncate(at);
                file.extend_from_slice(&other[from..]);
            }
            _ => {
                let n = file.len().min(8);
                let length = [u64::MAX, 1 << 40, 1 << 20, file.len() as u64, 0, 2][s.below(6) as usize];
                file[..n].copy_from_slice(&length.to_le_bytes()[..n]);
            }
        }
    }
}

/// The length of the header made right again, so that changes of the JSON reach the deeper checks.
pub fn fit(file: &mut [u8], header: isize) {
    if file.len() >= 8 {
        file[..8].copy_from_slice(&(header.max(0) as u64).to_le_bytes());
    }
}

pub fn reseal(file: &mut [u8], digits: &[u8]) {
    if let Some(at) = file.windows(64).position(|w| w == digits) {
        file[at..at + 64].fill(b'0');
        let sum = sha256_hex(file);
        file[at..at + 64].copy_from_slice(sum.as_bytes());
    }
}

/// How many changed files a loop tries: 20,000, or what `cargo xtask torture --cases N` asks for.
pub fn cases() -> u64 {
    let asked = std::env::var("SPARRING_TORTURE_CASES").ok();
    asked.map_or(20_000, |text| text.parse().expect("a number of cases"))
}
