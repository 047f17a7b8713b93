//! Zip archives (PKWARE's APPNOTE 6.3), without encryption and below 4 GiB.

use super::ArchiveError;
use flate2::read::DeflateDecoder;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

/// The members of an archive. What they hold is not checked against their CRC-32: here each is a gzip file with its own.
pub(crate) struct Zip {
    file: File,
    members: Vec<Member>,
}

struct Member {
    name: String,
    method: u16,
    packed: u64,
    header: u64,
}

/// Length of the directory's end without a comment, and the longest comment.
const END: u64 = 22;
const COMMENT: u64 = 65_535;
/// More members than any archive here has.
const MOST: usize = 4096;

impl Zip {
    /// Reads the directory at the end of the file.
    pub(crate) fn open(mut file: File) -> Result<Self, ArchiveError> {
        let length = file.seek(SeekFrom::End(0))?;
        let tail = length.min(END + COMMENT);
        let bytes = read_at(&mut file, length - tail, tail as usize)?;
        let found = (0..bytes.len().saturating_sub(END as usize - 1))
            .rev()
            .find(|&i| bytes[i..].starts_with(b"PK\x05\x06"));
        let end = &bytes[found.ok_or(ArchiveError::Magic("zip"))?..];
        let (count, size, start) = (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16));
        let inside = u64::from(start) + u64::from(size) <= length;
        if usize::from(count) > MOST || u64::from(size) > (1 << 20) || !inside {
            return Err(ArchiveError::Broken("zip", "its directory does not fit in it"));
        }
        let directory = read_at(&mut file, u64::from(start), size as usize)?;
        let (mut rest, mut members) = (&directory[..], Vec::new());
        for _ in 0..count {
            let names = |at| if rest.len() >= 46 { usize::from(u16_at(rest, at)) } else { 0 };
            let (name, extra) = (names(28), names(30) + names(32));
            if !rest.starts_with(b"PK\x01\x02") || rest.len() < 46 + name + extra {
                return Err(ArchiveError::Broken("zip", "its directory is cut short"));
            }
            members.push(Member {
                name: String::from_utf8_lossy(&rest[46..46 + name]).into_owned(),
                method: u16_at(rest, 10),
                packed: u64::from(u32_at(rest, 20)),
                header: u64::from(u32_at(rest, 42)),
            });
            rest = &rest[46 + name + extra..];
        }
        Ok(Self { file, members })
    }
    /// Whether there is a member whose name, without its folders, is this.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
    fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|m| m.name.rsplit('/').next() == Some(name))
    }
    /// The bytes of the member whose name, without its folders, is this.
    pub(crate) fn read(&self, name: &str) -> Result<Box<dyn Read>, ArchiveError> {
        let member = self.find(name).ok_or(ArchiveError::Broken("zip", "a file is missing"))?;
        let mut file = self.file.try_clone()?;
        let header = read_at(&mut file, member.header, 30)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(ArchiveError::Broken("zip", "a file is not where the directory says"));
        }
        let skip = u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
        file.seek(SeekFrom::Start(member.header + 30 + skip))?;
        let packed = BufReader::new(file).take(member.packed);
        match member.method {
            0 => Ok(Box::new(packed)),
            8 => Ok(Box::new(DeflateDecoder::new(packed))),
            _ => Err(ArchiveError::Broken("zip", "a file is packed by another method than deflate")),
        }
    }
}

fn read_at(file: &mut File, at: u64, n: usize) -> Result<Vec<u8>, ArchiveError> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; n];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
