//! Bytes as they are, or through gzip, told apart by the first two.

use super::IdxError;
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Read};

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A reader of unpacked bytes that knows how many it gave and whether gzip lies beneath.
pub(crate) struct Source<'a> {
    inner: Box<dyn Read + 'a>,
    gzip: bool,
    taken: u64,
}

/// Looks at the first two bytes of `reader` and unpacks gzip (any number of members, and zeros behind the last, as tapes and block
/// devices leave them and `gzip` itself reads them) if they are its magic.
pub(crate) fn unpack<'a>(mut reader: impl Read + 'a) -> io::Result<Source<'a>> {
    let mut magic = [0; 2];
    let got = fill(&mut reader, &mut magic)?;
    let whole = io::Cursor::new(magic).take(got as u64).chain(reader);
    let gzip = got == 2 && magic == GZIP;
    let inner: Box<dyn Read + 'a> = if gzip { Box::new(Members::new(whole)) } else { Box::new(whole) };
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

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read(out)
    }
}

/// The members of a gzip file, one after the other.
struct Members<R> {
    /// `None` behind the last.
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> Members<R> {
    fn new(reader: R) -> Self {
        Self { member: Some(GzDecoder::new(BufReader::new(reader))) }
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let got = member.read(out)?;
            if got > 0 || out.is_empty() {
                return Ok(got);
            }
            let Some(mut rest) = self.member.take().map(GzDecoder::into_inner) else { break };
            let padding = skip_zeros(&mut rest)?;
            if rest.fill_buf()?.is_empty() {
                break;
            }
            if padding > 0 {
                let why = format!("something follows {padding} zeros behind its end");
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
            self.member = Some(GzDecoder::new(rest));
        }
        Ok(0)
    }
}

/// Skips zeros up to another byte or the end; returns how many there were.
fn skip_zeros(reader: &mut impl BufRead) -> io::Result<u64> {
    let mut zeros = 0;
    loop {
        let bytes = reader.fill_buf()?;
        let here = bytes.iter().take_while(|&&b| b == 0).count();
        if here == 0 {
            return Ok(zeros);
        }
        reader.consume(here);
        zeros += here as u64;
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
