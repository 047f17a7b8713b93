//! Bytes as they are, or through gzip, told apart by the first two.

use super::IdxError;
use flate2::read::MultiGzDecoder;
use std::io::{self, Read};

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A reader of unpacked bytes that knows how many it gave and whether gzip lies beneath.
pub(crate) struct Source<'a> {
    inner: Box<dyn Read + 'a>,
    gzip: bool,
    taken: u64,
}

/// Looks at the first two bytes of `reader` and unpacks gzip (any number of members) if they are its magic.
pub(crate) fn unpack<'a>(mut reader: impl Read + 'a) -> io::Result<Source<'a>> {
    let mut magic = [0; 2];
    let got = fill(&mut reader, &mut magic)?;
    let whole = io::Cursor::new(magic).take(got as u64).chain(reader);
    let gzip = got == 2 && magic == GZIP;
    let inner: Box<dyn Read + 'a> = if gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
    Ok(Source { inner, gzip, taken: 0 })
}

impl Source<'_> {
    /// Bytes given so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }
    /// Whether the bytes come out of gzip.
    #[cfg(feature = "fetch")]
    pub fn is_gzip(&self) -> bool {
        self.gzip
    }
    /// Reads until `out` is full or the end is met; returns how many bytes came.
    pub fn fill(&mut self, out: &mut [u8]) -> Result<usize, IdxError> {
        match fill(&mut self.inner, out) {
            Ok(n) => {
                self.taken += n as u64;
                Ok(n)
            }
            Err(e) if self.gzip => Err(IdxError::Gzip(e)),
            Err(e) => Err(IdxError::Io(e)),
        }
    }
}

fn fill(reader: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < out.len() {
        match reader.read(&mut out[done..]) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}
