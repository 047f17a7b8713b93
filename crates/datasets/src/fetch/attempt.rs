//! One attempt: ask, check the answer's promises, write what comes.

use super::client::{Client, Resume, header, trouble};
use super::partial::Partial;
use super::{Event, Pace, Trouble};
use std::fs::File;
use std::io::{Read, Write};
use std::time::Instant;
use ureq::{Body, http::Response};

/// What an attempt needs to know.
pub(super) struct Attempt<'a> {
    pub client: &'a Client,
    pub pace: Pace,
    pub file: &'a str,
    pub url: &'a str,
    /// Most bytes the packed file can have.
    pub cap: u64,
}

/// Whether the bytes are of one answer, or of two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pieces {
    One,
    Several,
}

impl Attempt<'_> {
    /// Brings the whole packed file into `part`, going on where an earlier attempt stopped if the server proves that it
    /// is the same file. After an error `part` holds what may be of use later, or nothing.
    pub fn run(&self, part: &Partial, tell: &mut dyn FnMut(Event<'_>)) -> Result<Pieces, Trouble> {
        let end = Instant::now() + self.pace.total;
        let resume = part.resume(self.url).filter(|r| r.total <= self.cap);
        let response = self.client.get(self.url, resume.as_ref(), end)?;
        let announced = header(&response, "content-length").and_then(|v| v.parse::<u64>().ok());
        let (out, from, total) = match (response.status().as_u16(), resume) {
            (206, Some(r)) if continues(&response, &r) => (part.go_on()?, r.from, Some(r.total)),
            (206 | 416, _) => {
                part.discard();
                return Err(Trouble::Range);
            }
            (200, _) => {
                if header(&response, "content-type").is_some_and(|t| t.trim_start().starts_with("text/html"))
                {
                    return Err(Trouble::WebPage);
                }
                if announced.is_some_and(|n| n > self.cap) {
                    return Err(Trouble::TooLong(self.cap));
                }
                (part.begin(self.url, validator(&response), announced)?, 0, announced)
            }
            (status, _) => return Err(Trouble::Status(status)),
        };
        tell(Event::Begin { file: self.file, url: self.url, from, total });
        self.write(response, out, part, from, total, end, tell)?;
        Ok(if from == 0 { Pieces::One } else { Pieces::Several })
    }

    fn write(
        &self,
        response: Response<Body>,
        mut out: File,
        part: &Partial,
        from: u64,
        total: Option<u64>,
        end: Instant,
        tell: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Trouble> {
        let mut body = response.into_body().into_with_config().limit(self.cap + 1).reader();
        let (mut buffer, mut done) = (vec![0; 1 << 16], from);
        loop {
            let n = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) => {
                    let closed = e.kind() == std::io::ErrorKind::UnexpectedEof;
                    return Err(match trouble(ureq::Error::from(e), self.pace.total) {
                        Trouble::Network(_) if closed => Trouble::CutShort { expected: total, got: done },
                        other => other,
                    });
                }
            };
            done += n as u64;
            if done > self.cap {
                part.discard();
                return Err(Trouble::TooLong(self.cap));
            }
            out.write_all(&buffer[..n]).map_err(Trouble::disk(part.path()))?;
            tell(Event::Progress { file: self.file, done, total });
            if Instant::now() > end {
                return Err(Trouble::Slow(self.pace.total));
            }
        }
        match total {
            Some(t) if done < t => Err(Trouble::CutShort { expected: total, got: done }),
            Some(t) if done > t => {
                part.discard();
                Err(Trouble::Range)
            }
            _ => out.sync_all().map_err(Trouble::disk(part.path())),
        }
    }
}

/// Whether a 206 is exactly the rest that was asked for: `bytes FROM-(TOTAL-1)/TOTAL`.
fn continues(response: &Response<Body>, r: &Resume) -> bool {
    header(response, "content-range")
        == Some(format!("bytes {}-{}/{}", r.from, r.total - 1, r.total).as_str())
}

/// What proves later that the file is still the same: a strong ETag, else the date.
fn validator(response: &Response<Body>) -> Option<&str> {
    header(response, "etag").filter(|e| !e.starts_with("W/")).or_else(|| header(response, "last-modified"))
}
