//! Tape archives (POSIX.1-1988 `ustar`, and what came before it).

use super::ArchiveError;
use crate::DataError;
use std::io::Read;
use std::path::Path;

const BLOCK: u64 = 512;

/// Calls `see(name, size, bytes)` for each plain file, in order; `bytes` gives at most `size` bytes, and what is left of them is skipped. `path` is where the archive is.
///
/// # Errors
/// [`DataError::Archive`]: a header without its checksum, an archive cut short or of more than `most` bytes; and whatever `see` says.
pub(crate) fn each_file(
    mut reader: impl Read,
    most: u64,
    path: &Path,
    mut see: impl FnMut(&str, u64, &mut dyn Read) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let failed = |source| DataError::Archive { path: path.into(), source };
    let broken = |why| failed(ArchiveError::Broken("tar", why));
    let (mut left, mut any) = (most, false);
    loop {
        let mut header = [0; BLOCK as usize];
        if let Err(e) = reader.read_exact(&mut header) {
            // Some writers leave out the two empty blocks of the end.
            let end = e.kind() == std::io::ErrorKind::UnexpectedEof && any;
            return if end { Ok(()) } else { Err(failed(e.into())) };
        }
        if header.iter().all(|&b| b == 0) {
            return if any { Ok(()) } else { Err(failed(ArchiveError::Magic("tar"))) };
        }
        // The sum of the header's bytes, its own field counted as spaces.
        let field = 148..156;
        let sum: u64 = (0..512).map(|i| if field.contains(&i) { 32 } else { u64::from(header[i]) }).sum();
        if octal(&header[field]) != Some(sum) {
            return Err(if any {
                broken("a header's checksum is wrong")
            } else {
                failed(ArchiveError::Magic("tar"))
            });
        }
        any = true;
        let size = octal(&header[124..136]).ok_or_else(|| broken("a size is no octal number"))?;
        let whole = size.checked_next_multiple_of(BLOCK).and_then(|n| n.checked_add(BLOCK));
        left = whole.and_then(|n| left.checked_sub(n)).ok_or_else(|| failed(ArchiveError::TooBig(most)))?;
        let name: Vec<u8> = header[..100].iter().copied().take_while(|&b| b != 0).collect();
        let mut bytes = (&mut reader).take(size);
        if matches!(header[156], b'0' | 0) {
            see(&String::from_utf8_lossy(&name), size, &mut bytes)?;
        }
        let rest = bytes.limit() + size.next_multiple_of(BLOCK) - size;
        let skipped = std::io::copy(&mut (&mut reader).take(rest), &mut std::io::sink())
            .map_err(|e| failed(e.into()))?;
        if skipped < rest {
            return Err(broken("cut short"));
        }
    }
}

/// An octal number between spaces and zero bytes.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    u64::from_str_radix(text, 8).ok().filter(|_| !text.starts_with('+'))
}
