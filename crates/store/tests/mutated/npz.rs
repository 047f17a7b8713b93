//! Changed archives of NumPy's.

use crate::memory::{ALONE, bounded};
use crate::mutate::{cases, mutate, reseal};
use flate2::{Compression, Crc, write::DeflateEncoder};
use sparring_nn::{Graph, layers};
use sparring_seed::Key;
use sparring_store::{TensorFile, TensorValues, Weights, write};
use std::io::Write;

/// A member as it stands in the file, lies included.
struct Member {
    name: &'static str,
    method: u16,
    data: Vec<u8>,
    crc: u32,
    unpacked: u32,
}

fn array(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let mut text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    text += &" ".repeat(117 - text.len());
    text.push('\n');
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.extend(data);
    bytes
}

fn member(name: &'static str, content: &[u8], deflated: bool) -> Member {
    let mut crc = Crc::new();
    crc.update(content);
    let data = if deflated {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    } else {
        content.to_vec()
    };
    Member { name, method: 8 * u16::from(deflated), data, crc: crc.sum(), unpacked: content.len() as u32 }
}

/// As Python's zipfile writes it when NumPy asks: both lengths in the field of long archives.
fn archive(members: &[Member]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for m in members {
        let offset = file.len() as u32;
        let facts = |lengths: [u32; 2], extra: u16| {
            let mut bytes = [45, 0, 0, 0].to_vec();
            bytes.extend(m.method.to_le_bytes());
            bytes.extend([0, 0, 0x21, 0]);
            [m.crc, lengths[0], lengths[1]].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
            [m.name.len() as u16, extra].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
            bytes
        };
        let lengths = [m.data.len() as u32, m.unpacked];
        file.extend(b"PK\x03\x04");
        file.extend(facts([u32::MAX; 2], 20));
        file.extend(m.name.as_bytes());
        file.extend([1, 0, 16, 0]);
        [lengths[1], lengths[0]].iter().for_each(|&n| file.extend(u64::from(n).to_le_bytes()));
        file.extend(&m.data);
        directory.extend(b"PK\x01\x02\x2d\x03");
        directory.extend(facts(lengths, 0));
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(m.name.as_bytes());
    }
    let start = file.len() as u32;
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    [members.len() as u16; 2].iter().for_each(|n| file.extend(n.to_le_bytes()));
    [directory.len() as u32, start].iter().for_each(|n| file.extend(n.to_le_bytes()));
    file.extend([0, 0]);
    file
}

fn numbers(n: usize) -> Vec<u8> {
    (0..n).flat_map(|i| (i as f32 / 7.0).to_le_bytes()).collect()
}

/// The contents of a foreign archive: every type of number, and a scalar.
fn contents() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("0.weight.npy", array("<f4", "(3, 4)", &numbers(12))),
        ("0.bias.npy", array("<f2", "(3,)", &[0, 0x3c, 1, 0, 0xff, 0x7b])),
        ("d.npy", array("<f8", "(2,)", &[0; 16])),
        ("n.npy", array("<i8", "()", &7i64.to_le_bytes())),
    ]
}

fn foreign(deflated: bool) -> Vec<u8> {
    archive(&contents().iter().map(|(name, content)| member(name, content, deflated)).collect::<Vec<_>>())
}

fn ours() -> Vec<u8> {
    let spec = Graph::chain([1, 2, 2], vec![layers::flatten(), layers::linear(4, 3)]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.npz");
    write(&path, "classifier", &[("", &spec.build::<f32>(Key::new(1)).unwrap())], serde_json::Value::Null)
        .unwrap();
    std::fs::read(path).unwrap()
}

/// Shape and bits of every array.
fn arrays(file: &TensorFile) -> Vec<String> {
    file.tensors.iter().map(|(_, values)| format!("{values:?}")).collect()
}

/// What is accepted is whole: sound names, shapes and numbers.
fn accepted(bytes: &[u8]) -> Option<TensorFile> {
    let weights = Weights::parse(bytes).is_ok();
    let Ok(file) = TensorFile::parse(bytes) else {
        assert!(!weights);
        return None;
    };
    for (name, values) in &file.tensors {
        let shape = values.shape();
        assert!(!name.is_empty() && shape.len() <= 4 && shape.iter().product::<usize>() == values.len());
        let finite = match values {
            TensorValues::F32(a) => a.as_slice().iter().all(|v| v.is_finite()),
            TensorValues::F64(a) => a.as_slice().iter().all(|v| v.is_finite()),
            _ => true,
        };
        assert!(finite);
    }
    Some(file)
}

#[test]
fn every_truncation_and_every_flipped_bit_of_ours_is_refused() {
    let _alone = ALONE.lock();
    for mut file in [ours(), foreign(false), foreign(true)] {
        let own = accepted(&file).expect("whole");
        for length in 0..file.len() {
            assert!(accepted(&file[..length]).is_none(), "{length} of {}", file.len());
        }
        for bit in 0..file.len() * 8 {
            file[bit / 8] ^= 1 << (bit % 8);
            match accepted(&file) {
                None => {}
                // Versions, dates and rights: no name, no number.
                Some(read) if own.document.is_none() => assert_eq!(arrays(&read), arrays(&own), "bit {bit}"),
                Some(_) => panic!("bit {bit} of ours"),
            }
            file[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

const TEMPTING: &[&[u8]] = &[
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\x93NUMPY",
    b"0",
    b"(9, 9)",
    b"\xff\xff\xff\xff",
    b"\0\0",
    b".npy",
    b"'shape'",
    b"\"",
    b"{",
    b"}",
];

#[test]
fn twenty_thousand_changed_archives() {
    let _alone = ALONE.lock();
    let whole = [ours(), foreign(false), foreign(true)];
    let known: Vec<Vec<String>> =
        whole.iter().map(|file| arrays(&TensorFile::parse(file).unwrap())).collect();
    let digits = TensorFile::parse(&whole[0]).unwrap().document.unwrap().sha256.into_bytes();
    let (mut refused, mut sealed, mut inner) = (0, 0, 0);
    for i in 0..cases() {
        let mut s = Key::new(8).rng(i);
        let which = (i % 4) as usize;
        let mut file;
        if let Some(bytes) = whole.get(which) {
            file = bytes.clone();
            mutate(&mut file, &whole[(which + 1) % 3], TEMPTING, &mut s);
        } else {
            // Changes inside the arrays, with right sums: they reach the reader of headers.
            let deflated = s.below(2) == 0;
            let mut members = contents();
            let at = s.below(4) as usize;
            mutate(
                &mut members[at].1,
                b"{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}",
                TEMPTING,
                &mut s,
            );
            file = archive(
                &members.iter().map(|(name, content)| member(name, content, deflated)).collect::<Vec<_>>(),
            );
        }
        let resealed = which == 0 && s.below(3) == 0;
        if resealed {
            reseal(&mut file, &digits);
        }
        let read = bounded(&file, || accepted(&file));
        refused += u64::from(read.is_none());
        let Some(read) = read else { continue };
        match which {
            // Only a splice can have made a whole foreign archive of ours.
            0 if !resealed && !whole.contains(&file) => assert!(read.document.is_none(), "file {i}"),
            0 => sealed += 1,
            // The archive's sums: numbers are those of one of the files.
            1 | 2 => {
                assert!(arrays(&read).iter().all(|a| known.iter().flatten().any(|k| k == a)), "file {i}")
            }
            _ => inner += 1,
        }
    }
    let of = |share: u64| cases() * share / 20_000;
    assert!(refused >= of(15_000) && sealed >= of(5) && inner >= of(25), "{refused} {sealed} {inner}");
}

#[test]
fn bombs_and_lies_are_refused_before_they_are_held() {
    let _alone = ALONE.lock();
    let zeros = |n: usize| array("<f4", &format!("({n},)"), &vec![0; 4 * n]);
    let (large, small) = (zeros(100 << 20 >> 2), zeros(1 << 10));
    // A hundred megabytes in a hundred kilobytes; the same for many members; a length that is a lie; two members that share bytes.
    let bomb = archive(&[member("a.npy", &large, true)]);
    assert!(bomb.len() < 200_000);
    let names: Vec<&'static str> =
        (0..40).map(|i| &*Box::leak(format!("{i}.npy").into_boxed_str())).collect();
    let part = zeros(1 << 18);
    let many = archive(&names.iter().map(|name| member(name, &part, true)).collect::<Vec<_>>());
    let lies = |change: fn(&mut Member)| {
        let mut m = member("a.npy", &small, true);
        change(&mut m);
        archive(&[m])
    };
    let huge = array("<f4", "(1152921504606846975, 4)", &[0; 16]);
    for (file, says) in [
        (bomb, "12 MiB"),
        (many, "12 MiB"),
        (lies(|m| m.unpacked = u32::MAX - 1), "do not fill"),
        (lies(|m| m.unpacked -= 4), "do not fill"),
        (lies(|m| m.method = 12), "as NumPy never does"),
        (lies(|m| m.method = 0), "as NumPy never does"),
        (lies(|m| m.crc ^= 1), "damaged: CRC-32"),
        (lies(|m| m.data.truncate(20)), "cannot be unpacked"),
        (lies(|m| m.name = "a.txt"), "zip archive"),
        (archive(&[member("a.npy", &huge, false)]), "do not fill"),
        (archive(&[member("a.npy", &small, false), member("a.npy", &small, false)]), "twice"),
        (archive(&[member("a.npy", &small, false), member("a.txt", &small, false)]), "ends in .npy"),
        (archive(&[member(".npy", &small, false)]), "ends in .npy"),
        (
            archive(&[member("a.npy", &array("<f4", "(1,)", &f32::NAN.to_le_bytes()), false)]),
            "infinite or NaN",
        ),
        (archive(&[member("a.npy", &array("<f4", "(1, 1, 1, 1, 1)", &[0; 4]), false)]), "5 axes"),
        (archive(&[member("a.npy", b"\x93NUMPY\x01\0", false)]), "cannot be unpacked"),
    ] {
        let e = bounded(&file, || Weights::parse(&file).unwrap_err().to_string());
        assert!(e.contains(says), "{says}: {e}");
    }
    let (mut comment, mut twice) = (foreign(false), foreign(false));
    let n = comment.len();
    comment[n - 2] = 5;
    comment.extend(b"hello");
    assert!(Weights::parse(&comment).unwrap_err().to_string().contains("metadata key `sparring`"));
    twice.splice(0..0, foreign(false));
    assert!(Weights::parse(&twice).unwrap_err().to_string().contains("directory is not where"));
}
