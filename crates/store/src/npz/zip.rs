//! As much of zip (APPNOTE 6.3) as NumPy writes, strictly: members one after the other from the first byte, then the directory, then its end; no byte
//! belongs to nothing.

use crate::limits::MAX_TENSORS;
use flate2::Crc;
use std::ops::Range;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Length of the end without its comment.
const END_LENGTH: usize = 22;
/// Stands where a longer number stands in an extra field.
const ELSEWHERE: u32 = u32::MAX;
/// The bits that say how well a member is packed, and that names are UTF-8.
const HARMLESS: u16 = 0x0806;

/// A packed array.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub name: &'a str,
    pub deflated: bool,
    pub crc: u32,
    /// Bytes that it says it unpacks to.
    pub unpacked: u64,
    pub data: &'a [u8],
}

/// Where the parts of a file are.
#[derive(Debug)]
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    members: usize,
    directory: Range<usize>,
    pub comment: Range<usize>,
}

/// Little-endian numbers one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or("it ends too early")?;
        self.0 = rest;
        Ok(taken)
    }
    fn u16(&mut self) -> Result<u16, String> {
        self.take(2).map(|b| u16::from_le_bytes([b[0], b[1]]))
    }
    fn u32(&mut self) -> Result<u32, String> {
        self.take(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
    fn u64(&mut self) -> Result<u64, String> {
        Ok(u64::from(self.u32()?) | u64::from(self.u32()?) << 32)
    }
    fn signature(&mut self, wanted: u32, what: &str) -> Result<(), String> {
        if self.u32()? == wanted { Ok(()) } else { Err(format!("{what} is not where it should be")) }
    }
}

/// What both headers of a member say.
#[derive(PartialEq)]
struct Facts<'a> {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    unpacked: u64,
    name: &'a [u8],
}

impl<'a> Archive<'a> {
    /// The end of the directory, which is the end of the file.
    pub fn find(bytes: &'a [u8]) -> Result<Self, String> {
        let last = bytes.len().checked_sub(END_LENGTH).ok_or("it ends too early")?;
        let ends = |&at: &usize| {
            let mut fields = Fields(&bytes[at..]);
            fields.u32() == Ok(END)
                && usize::from(u16::from_le_bytes([bytes[at + 20], bytes[at + 21]])) == last - at
        };
        let first = last.saturating_sub(usize::from(u16::MAX));
        let at = (first..=last).rev().find(ends).ok_or("the end of the archive is missing")?;
        let mut fields = Fields(&bytes[at + 4..]);
        let disks = [fields.u16()?, fields.u16()?];
        let [here, members] = [fields.u16()?, fields.u16()?].map(usize::from);
        let (size, start) = (fields.u32()? as usize, fields.u32()? as usize);
        if disks != [0, 0] || here != members || start.checked_add(size) != Some(at) {
            return Err(
                "its directory is not where it should be (an archive above 4 GiB, or of several parts?)"
                    .into(),
            );
        }
        if members > MAX_TENSORS {
            return Err(format!("{members} members, at most {MAX_TENSORS} are read"));
        }
        Ok(Self { bytes, members, directory: start..at, comment: at + END_LENGTH..bytes.len() })
    }
    /// The members in their order; together they fill the file up to the directory.
    pub fn members(&self) -> Result<Vec<Member<'a>>, String> {
        let mut directory = Fields(&self.bytes[self.directory.clone()]);
        let mut rest = Fields(&self.bytes[..self.directory.start]);
        let mut members = Vec::new();
        for _ in 0..self.members {
            let (facts, offset) = central(&mut directory)?;
            if offset as usize != self.directory.start - rest.0.len() {
                return Err("a member is not right behind the one before it".into());
            }
            if local(&mut rest)? != facts {
                return Err("the two headers of a member differ".into());
            }
            members.push(facts.member(rest.take(usize::try_from(facts.packed).unwrap_or(usize::MAX))?)?);
        }
        if !rest.0.is_empty() || !directory.0.is_empty() {
            return Err("bytes between its parts belong to nothing".into());
        }
        Ok(members)
    }
}

fn central<'a>(fields: &mut Fields<'a>) -> Result<(Facts<'a>, u32), String> {
    fields.signature(CENTRAL, "an entry of the directory")?;
    let _versions = fields.u32()?;
    let (flags, method, _time) = (fields.u16()?, fields.u16()?, fields.u32()?);
    let (crc, packed, unpacked) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let [name, extra, comment, disk] =
        [fields.u16()?, fields.u16()?, fields.u16()?, fields.u16()?].map(usize::from);
    let _attributes = fields.take(6)?;
    let offset = fields.u32()?;
    let name = fields.take(name)?;
    fields.take(extra)?;
    if comment != 0 || disk != 0 || [packed, unpacked, offset].contains(&ELSEWHERE) {
        return Err("a member with a comment, on another disk or of more than 4 GiB".into());
    }
    Ok((Facts { flags, method, crc, packed: packed.into(), unpacked: unpacked.into(), name }, offset))
}

fn local<'a>(fields: &mut Fields<'a>) -> Result<Facts<'a>, String> {
    fields.signature(LOCAL, "a member")?;
    let _version = fields.u16()?;
    let (flags, method, _time) = (fields.u16()?, fields.u16()?, fields.u32()?);
    let (crc, packed, unpacked) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let [name, extra] = [fields.u16()?, fields.u16()?].map(usize::from);
    let (name, mut extra) = (fields.take(name)?, Fields(fields.take(extra)?));
    let (mut packed, mut unpacked) = (u64::from(packed), u64::from(unpacked));
    // NumPy keeps both lengths in the field of long archives, however short the member is.
    if [packed, unpacked] == [u64::from(ELSEWHERE); 2] {
        if (extra.u16()?, extra.u16()?) != (1, 16) {
            return Err("the lengths of a member are missing".into());
        }
        (unpacked, packed) = (extra.u64()?, extra.u64()?);
    }
    Ok(Facts { flags, method, crc, packed, unpacked, name })
}

impl<'a> Facts<'a> {
    fn member(&self, data: &'a [u8]) -> Result<Member<'a>, String> {
        if self.flags & 8 != 0 {
            return Err("it was written to a pipe; save it to a file".into());
        }
        if self.flags & !HARMLESS != 0 {
            return Err("a member is encrypted or packed as NumPy never does".into());
        }
        let deflated = match self.method {
            0 if self.packed == self.unpacked => false,
            8 => true,
            _ => return Err("a member is packed as NumPy never does".into()),
        };
        let name = std::str::from_utf8(self.name).map_err(|e| e.to_string())?;
        Ok(Member { name, deflated, crc: self.crc, unpacked: self.unpacked, data })
    }
}

/// Writes members as they are, without a date.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    members: u16,
}

impl Writer {
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
    /// A member; the caller has seen to it that name and file are short enough.
    pub fn add(&mut self, name: &str, data: &[u8]) {
        let mut crc = Crc::new();
        crc.update(data);
        let (length, offset) = (data.len() as u32, self.bytes.len() as u32);
        let flags: u16 = if name.is_ascii() { 0 } else { 0x0800 };
        // Needs version 2.0, stored, midnight of the first day there is.
        let mut facts = 20u16.to_le_bytes().to_vec();
        facts.extend(flags.to_le_bytes());
        facts.extend([0, 0, 0, 0, 0x21, 0]);
        [crc.sum(), length, length].iter().for_each(|n| facts.extend(n.to_le_bytes()));
        facts.extend((name.len() as u16).to_le_bytes());
        facts.extend([0, 0]);
        self.bytes.extend(LOCAL.to_le_bytes());
        self.bytes.extend(&facts);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(data);
        self.directory.extend(CENTRAL.to_le_bytes());
        self.directory.extend(20u16.to_le_bytes());
        self.directory.extend(&facts);
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.members += 1;
    }
    /// The file, and where the comment is in it.
    pub fn finish(self, comment: &[u8]) -> (Vec<u8>, Range<usize>) {
        let mut bytes = self.bytes;
        let start = bytes.len() as u32;
        bytes.extend(&self.directory);
        bytes.extend(END.to_le_bytes());
        bytes.extend([0; 4]);
        [self.members; 2].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        [self.directory.len() as u32, start].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        bytes.extend((comment.len() as u16).to_le_bytes());
        let at = bytes.len();
        bytes.extend(comment);
        (bytes, at..at + comment.len())
    }
}
