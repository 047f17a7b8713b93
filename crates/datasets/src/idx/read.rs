//! Reading: every lie in a header is an error, and memory grows only as data arrive.

use super::element::Element;
use super::header::{self, Header};
use super::unpack::{Source, unpack};
use super::{Idx, IdxError, IdxValues, Limits};
use crate::DataError;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Values are read, converted and appended in steps of this many bytes.
const STEP: usize = 1 << 16;

/// Reads the file at `path`, gzip or raw (told by its first bytes, not its name).
///
/// # Errors
/// [`DataError::Io`] when it cannot be opened, [`DataError::Idx`] when it is not exactly one IDX array within `limits`.
pub fn read(path: &Path, limits: &Limits) -> Result<Idx, DataError> {
    let file = File::open(path).map_err(|source| DataError::Io { path: path.into(), source })?;
    decode(file, limits).map_err(|source| DataError::Idx { path: path.into(), source })
}

/// Reads one array, gzip or raw, and demands that the bytes end with it.
///
/// The declared size is checked against `limits` first, then memory is taken in steps bounded by what was already
/// read: a header that promises 1 GiB over 20 bytes of data costs 64 KiB.
///
/// # Errors
/// [`IdxError`] names the lie.
pub fn decode(reader: impl Read, limits: &Limits) -> Result<Idx, IdxError> {
    let mut source = unpack(reader)?;
    let head = header::parse(&mut source, limits)?;
    let values = match head.code {
        0x08 => IdxValues::U8(values(&mut source, &head)?),
        0x09 => IdxValues::I8(values(&mut source, &head)?),
        0x0b => IdxValues::I16(values(&mut source, &head)?),
        0x0c => IdxValues::I32(values(&mut source, &head)?),
        0x0d => IdxValues::F32(values(&mut source, &head)?),
        0x0e => IdxValues::F64(values(&mut source, &head)?),
        other => return Err(IdxError::Dtype(other)),
    };
    // Asking for one byte more also makes gzip check its trailer and whatever follows it.
    if source.fill(&mut [0])? > 0 {
        return Err(IdxError::Trailing { expected: head.bytes });
    }
    Idx::new(head.shape.iter().map(|&s| s as usize).collect(), values)
}

fn values<T: Element>(source: &mut Source<'_>, head: &Header) -> Result<Vec<T>, IdxError> {
    let mut out: Vec<T> = Vec::new();
    let mut buffer = vec![0; STEP.min(head.count.saturating_mul(T::BYTES))];
    while out.len() < head.count {
        let left = head.count - out.len();
        let step = (STEP / T::BYTES).min(left);
        let bytes = &mut buffer[..step * T::BYTES];
        if source.fill(bytes)? < bytes.len() {
            return Err(IdxError::Truncated { expected: head.bytes, got: source.taken() });
        }
        if out.capacity() - out.len() < step {
            // At most double what the file has already shown to hold.
            let more = left.min(out.len().max(step));
            out.try_reserve_exact(more).map_err(|_| IdxError::Memory(more.saturating_mul(T::BYTES)))?;
        }
        out.extend(bytes.chunks_exact(T::BYTES).map(T::from_be));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idx::{Packing, encode};

    fn lie(bytes: &[u8]) -> IdxError {
        decode(bytes, &Limits::default()).expect_err("a lie")
    }

    #[test]
    fn every_type_round_trips_raw_and_packed() {
        for values in [
            IdxValues::U8((0..=255).cycle().take(90_000).collect()),
            IdxValues::I8((-45..45).cycle().take(90_000).collect()),
            IdxValues::I16((0..90_000).map(|i| (i - 45_000) as i16).collect()),
            IdxValues::I32((0..90_000).map(|i| i * 20_000 - 900_000_000).collect()),
            IdxValues::F32((0..90_000).map(|i| i as f32 * 0.37 - 1e4).collect()),
            IdxValues::F64((0..90_000).map(|i| f64::from(i) * 0.37e10).collect()),
        ] {
            for shape in [vec![90_000], vec![300, 300], vec![90, 10, 100], vec![3, 300, 10, 10]] {
                let idx = Idx::new(shape, values.clone()).unwrap();
                for packing in [Packing::Raw, Packing::Gzip] {
                    assert_eq!(decode(&encode(&idx, packing)[..], &Limits::default()).unwrap(), idx);
                }
            }
        }
    }

    #[test]
    fn each_lie_has_its_name() {
        assert!(matches!(lie(b""), IdxError::Truncated { expected: 4, got: 0 }));
        assert!(matches!(lie(b"<html>"), IdxError::Magic([b'<', b'h'])));
        assert!(matches!(lie(b"<h"), IdxError::Magic(_)));
        assert!(matches!(lie(&[0, 0, 7, 1, 0, 0, 0, 0]), IdxError::Dtype(7)));
        assert!(matches!(lie(&[0, 0, 8, 0, 5]), IdxError::Rank(0)));
        assert!(matches!(lie(&[0, 0, 8, 255, 0, 0]), IdxError::Rank(255)));
        assert!(matches!(lie(&[0, 0, 8, 1, 0, 0]), IdxError::Truncated { expected: 8, got: 6 }));
        assert!(matches!(lie(&[0, 0, 8, 1, 0, 0, 0, 2, 9]), IdxError::Truncated { expected: 10, got: 9 }));
        assert!(matches!(lie(&[0, 0, 8, 1, 0, 0, 0, 1, 9, 9]), IdxError::Trailing { expected: 9 }));
        let huge = [&[0, 0, 14, 4][..], &[255; 16], &[0; 20]].concat();
        assert!(matches!(lie(&huge), IdxError::TooBig { .. }));
        // 2³² · 2³² wraps to zero in 64 bits.
        let wrap = [&[0, 0, 8, 4][..], &[0x00, 1, 0, 0].repeat(4), &[0; 20]].concat();
        assert!(matches!(lie(&wrap), IdxError::TooBig { .. }));
        let gib = [&[0, 0, 8, 1][..], &((1u32 << 30) - 8).to_be_bytes(), &[0; 20]].concat();
        assert!(matches!(lie(&gib), IdxError::Truncated { got: 28, .. }));
        assert!(matches!(
            decode(&gib[..], &Limits { bytes: 1 << 20 }),
            Err(IdxError::TooBig { cap: 1_048_576, .. })
        ));
    }

    #[test]
    fn gzip_may_have_members_and_padding_but_neither_gaps_nor_tails() {
        let idx = Idx::new(vec![300], IdxValues::I16((0..300).map(|i| i * 7).collect())).unwrap();
        let (raw, whole) = (encode(&idx, Packing::Raw), encode(&idx, Packing::Gzip));
        let member = |bytes: &[u8]| {
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            std::io::Write::write_all(&mut gz, bytes).unwrap();
            gz.finish().unwrap()
        };
        let two = [member(&raw[..100]), member(&raw[100..]), member(b"")].concat();
        assert_eq!(decode(&two[..], &Limits::default()).unwrap(), idx);
        for cut in 0..whole.len() {
            assert!(decode(&whole[..cut], &Limits::default()).is_err(), "cut at {cut}");
        }
        for tail in [
            &b"x"[..],
            b"\0x",
            b"\0\x1f\x8b",
            b"\x1f",
            b"\x1f\x8b",
            b"\x1f\x8b\x08\0\0\0",
            b"garbage garbage garbage",
        ] {
            assert!(matches!(lie(&[&whole[..], tail].concat()), IdxError::Gzip(_)), "{tail:?}");
        }
        for zeros in [1, 511, 100_000] {
            let padded = [&two[..], &vec![0; zeros]].concat();
            assert_eq!(decode(&padded[..], &Limits::default()).unwrap(), idx, "{zeros} zeros behind it");
        }
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // Header bytes that carry no data (time, system, flags of text) may change; the array may not.
            if let Ok(read) = decode(&flipped[..], &Limits::default()) {
                assert_eq!(read, idx, "bit {bit}");
            }
        }
        assert!(matches!(lie(&two[..two.len() - 20 - 4]), IdxError::Gzip(_)));
    }
}
