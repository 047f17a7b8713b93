//! Fetching from servers that misbehave: the right file or a named error, never a wrong file under its name.
//! Only 127.0.0.1 is spoken to.

mod folders;
mod misbehaviour;
mod served;
mod server;

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use sparring_datasets::fetch::{Download, FetchError, Outcome, Pace, Proxies, fetch};
use sparring_datasets::pinned::{Pinned, PinnedFile, Proof};
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

/// A set of one file, `digits`, of bytes that gzip cannot shrink.
pub(crate) struct Case {
    pub(crate) raw: Vec<u8>,
    pub(crate) packed: Vec<u8>,
    sha256: String,
}

impl Case {
    pub(crate) fn new() -> Self {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let raw: Vec<u8> = (0..300_000).map(|_| next()).collect();
        let sha256 = Sha256::digest(&raw).iter().map(|b| format!("{b:02x}")).collect();
        let packed = gzip(&raw);
        Self { raw, packed, sha256 }
    }
    pub(crate) fn file(&self) -> PinnedFile<'_> {
        PinnedFile { name: "digits", bytes: self.raw.len() as u64, proof: Proof::Unpacked(&self.sha256) }
    }
    /// Fetches from these mirrors, quickly, and checks that what lies under the file's name is right or absent.
    pub(crate) fn fetch(&self, to: &Path, mirrors: &[&str]) -> (Result<Outcome, FetchError>, Vec<String>) {
        let files = [self.file()];
        let mut request = Download::new(Pinned { name: "toy", files: &files, mirrors }, to);
        request.proxies = Proxies::Direct;
        request.pace = quick();
        let mut log = Vec::new();
        let outcome = fetch(&request, &mut |event| log.push(format!("{event:?}")));
        let names = [to.join("digits"), to.join("digits.gz")].map(|p| p.exists().then(|| unpacked(&p)));
        match &outcome {
            Ok(o) => assert_eq!(unpacked(&o.files[0]), self.raw),
            Err(_) => assert_eq!(names, [None, None], "a wrong file in place"),
        }
        (outcome, log)
    }
    /// As `fetch`, for the text of the error.
    pub(crate) fn fails(&self, mirrors: &[&str]) -> String {
        let dir = tempfile::tempdir().unwrap();
        let (outcome, _) = self.fetch(dir.path(), mirrors);
        outcome.expect_err("a misbehaving server").to_string()
    }
}

pub(crate) fn quick() -> Pace {
    Pace {
        connect: Duration::from_secs(2),
        idle: Duration::from_millis(1200),
        total: Duration::from_secs(4),
        attempts: 3,
        backoff: Duration::from_millis(1),
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

pub(crate) fn unpacked(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut out).unwrap();
    out
}
