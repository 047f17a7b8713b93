//! The first bytes of an IDX file, checked before anything is allocated.

use super::unpack::Source;
use super::{IdxError, Limits};

/// What the first `4 + 4 · rank` bytes say.
pub(super) struct Header {
    pub code: u8,
    pub shape: Vec<u32>,
    /// Elements promised.
    pub count: usize,
    /// Bytes promised, header included.
    pub bytes: u64,
}

/// Reads and checks the header: type, rank, and a product that neither overflows nor passes the cap.
pub(super) fn parse(source: &mut Source<'_>, limits: &Limits) -> Result<Header, IdxError> {
    let mut head = [0; 4];
    exact(source, &mut head, 4)?;
    let [a, b, code, rank] = head;
    if [a, b] != [0, 0] {
        return Err(IdxError::Magic([a, b]));
    }
    let size: u64 = match code {
        0x08 | 0x09 => 1,
        0x0b => 2,
        0x0c | 0x0d => 4,
        0x0e => 8,
        other => return Err(IdxError::Dtype(other)),
    };
    let rank = usize::from(rank);
    if !(1..=4).contains(&rank) {
        return Err(IdxError::Rank(rank));
    }
    let mut sizes = [0; 16];
    let head_bytes = 4 + 4 * rank as u64;
    exact(source, &mut sizes[..4 * rank], head_bytes)?;
    let shape: Vec<u32> =
        sizes[..4 * rank].chunks_exact(4).map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]])).collect();
    let count = shape.iter().try_fold(1u64, |n, &s| n.checked_mul(u64::from(s)));
    let bytes = count.and_then(|n| n.checked_mul(size)).and_then(|n| n.checked_add(head_bytes));
    match (bytes, count.map(usize::try_from)) {
        (Some(bytes), Some(Ok(count))) if bytes <= limits.bytes => Ok(Header { code, shape, count, bytes }),
        _ => Err(IdxError::TooBig { shape, cap: limits.bytes }),
    }
}

fn exact(source: &mut Source<'_>, out: &mut [u8], expected: u64) -> Result<(), IdxError> {
    let before = source.taken();
    if source.fill(out)? < out.len() {
        // The magic tells more about a short file of another kind than its length does.
        if before == 0 && source.taken() >= 2 && out[..2] != [0, 0] {
            return Err(IdxError::Magic([out[0], out[1]]));
        }
        return Err(IdxError::Truncated { expected, got: source.taken() });
    }
    Ok(())
}
