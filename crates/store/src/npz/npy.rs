//! The header of one array: magic, version, length, and a Python dictionary (NEP 1).

use safetensors::Dtype;

const MAGIC: &[u8; 6] = b"\x93NUMPY";
/// Most bytes of a header: ours take 128, and no array of numbers needs more than a few.
pub(super) const MOST: usize = 4096;

/// What a header says.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub dtype: Dtype,
    pub shape: Vec<usize>,
}

/// Types of numbers by NumPy's names: little-endian.
const TYPES: [(&str, Dtype); 4] =
    [("<f4", Dtype::F32), ("<f8", Dtype::F64), ("<f2", Dtype::F16), ("<i8", Dtype::I64)];

/// Length of the header, from the first twelve bytes of the array.
pub(super) fn length(first: &[u8; 12]) -> Result<usize, String> {
    if !first.starts_with(MAGIC) {
        return Err("no NumPy array".into());
    }
    let long = u32::from_le_bytes([first[8], first[9], first[10], first[11]]);
    let length = match first[6] {
        1 => 10 + usize::from(u16::from_le_bytes([first[8], first[9]])),
        2 | 3 => (long as usize).saturating_add(12),
        version => return Err(format!("an array of version {version}; 1 to 3 are read")),
    };
    if length > MOST {
        Err(format!("a header of {length} bytes, at most {MOST} are read"))
    } else {
        Ok(length.max(12))
    }
}

/// Reads a whole header.
pub(super) fn parse(header: &[u8]) -> Result<Header, String> {
    let start = if header[6] == 1 { 10 } else { 12 };
    let text = std::str::from_utf8(&header[start..]).map_err(|e| e.to_string())?;
    let bad = || format!("the header is not one of an array of numbers: {}", text.trim());
    let inner = text.strip_suffix('\n').map(str::trim).and_then(|t| t.strip_prefix('{')?.strip_suffix('}'));
    let mut rest = inner.ok_or_else(bad)?.trim();
    let (mut descr, mut fortran, mut shape) = (None, None, None);
    while !rest.is_empty() {
        let (key, after) = rest.strip_prefix('\'').and_then(|r| r.split_once("':")).ok_or_else(bad)?;
        let after = after.trim_start();
        let end = match after.as_bytes().first() {
            Some(b'(') => after.find(')').map(|i| i + 1),
            _ => Some(after.find(',').unwrap_or(after.len())),
        };
        let (value, after) = after.split_at(end.ok_or_else(bad)?);
        let place = match key {
            "descr" => &mut descr,
            "fortran_order" => &mut fortran,
            "shape" => &mut shape,
            _ => return Err(bad()),
        };
        if place.replace(value.trim()).is_some() {
            return Err(bad());
        }
        rest = after.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if rest.is_empty() => rest,
            None => return Err(bad()),
        };
    }
    let (Some(descr), Some(fortran), Some(shape)) = (descr, fortran, shape) else { return Err(bad()) };
    let shape = shape.strip_prefix('(').and_then(|s| s.strip_suffix(')')).and_then(axes).ok_or_else(bad)?;
    match fortran {
        "False" => {}
        // In one axis both orders are the same.
        "True" if shape.len() < 2 => {}
        "True" => {
            return Err("columns before rows (fortran_order): save numpy.ascontiguousarray(array)".into());
        }
        _ => return Err(bad()),
    }
    let descr = descr.strip_prefix('\'').and_then(|d| d.strip_suffix('\'')).ok_or_else(bad)?;
    let dtype = TYPES.iter().find(|(name, _)| *name == descr).map(|(_, dtype)| *dtype);
    let known = || TYPES.map(|(name, _)| name).join(", ");
    let dtype = dtype
        .ok_or_else(|| format!("numbers of type {descr}; {} can be read: array.astype(\"<f4\")", known()))?;
    Ok(Header { dtype, shape })
}

/// `3, 4`, `3,` or nothing.
fn axes(text: &str) -> Option<Vec<usize>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Vec::new());
    }
    let list = text.strip_suffix(',').unwrap_or(text);
    let axes: Vec<&str> = list.split(',').map(str::trim).collect();
    let plain = |axis: &&str| !axis.is_empty() && axis.bytes().all(|b| b.is_ascii_digit());
    let tuple = axes.len() > 1 || text.ends_with(',');
    (tuple && axes.len() <= 32 && axes.iter().all(plain))
        .then(|| axes.iter().map(|a| a.parse().ok()).collect())?
}

/// The header of an array, a multiple of 64 bytes long, as NumPy writes it.
pub(super) fn header(dtype: Dtype, shape: &[usize]) -> Vec<u8> {
    let descr = TYPES.iter().find(|(_, own)| *own == dtype).map_or("<f4", |(name, _)| name);
    let axes: Vec<String> = shape.iter().map(usize::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    let shape = format!("({}{comma})", axes.join(", "));
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + text.len() + 1) % 64 != 0 {
        text.push(' ');
    }
    text.push('\n');
    let mut bytes = MAGIC.to_vec();
    bytes.extend([1, 0]);
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Header, String> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        assert_eq!(length(bytes.first_chunk().unwrap())?, bytes.len());
        parse(&bytes)
    }

    #[test]
    fn headers_are_read_as_numpy_writes_them() {
        for shape in [vec![], vec![7], vec![3, 4], vec![1, 2, 3, 4]] {
            let bytes = header(Dtype::F64, &shape);
            assert_eq!(bytes.len() % 64, 0);
            assert_eq!(length(bytes.first_chunk().unwrap()), Ok(bytes.len()));
            assert_eq!(parse(&bytes), Ok(Header { dtype: Dtype::F64, shape }));
        }
        let half = read("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3), }            \n");
        assert_eq!(half, Ok(Header { dtype: Dtype::F16, shape: vec![2, 3] }));
        let other_order = read("{'shape': (5,), 'fortran_order': True, 'descr': '<i8'}\n");
        assert_eq!(other_order, Ok(Header { dtype: Dtype::I64, shape: vec![5] }));
        for (text, says) in [
            ("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }\n", "type >f4"),
            ("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n", "type |O"),
            ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }\n", "header"),
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", "ascontiguousarray"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2), }\n", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }\n", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }\n", "header"),
            ("{'descr': '<f4', 'fortran_order': False}\n", "header"),
            ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\n", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x\n", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "header"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,\n", "header"),
        ] {
            assert!(read(text).unwrap_err().contains(says), "{text}");
        }
        assert!(length(b"\x93NUMPY\x02\0\xff\xff\xff\xff").unwrap_err().contains("at most"));
        assert!(length(b"\x93NUMPY\x09\0\x10\0\0\0").unwrap_err().contains("version 9"));
    }
}
