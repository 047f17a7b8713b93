//! Checkpoints come back to the bit, and no other bytes are one.

use super::*;
use std::fs;

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Meta {
    step: u64,
    words: Vec<String>,
    sums: Vec<f64>,
}

fn meta() -> Meta {
    Meta { step: 7, words: vec!["a".into(), "ü\n".into()], sums: vec![0.1, -0.0] }
}

fn whole() -> Vec<u8> {
    let numbers: Vec<f32> = (0..35).map(|i| (i as f32).sin()).collect();
    let arrays = [
        ("0.weight".to_string(), vec![5, 7], &numbers[..]),
        ("nothing".to_string(), vec![0, 3], &[][..]),
        ("scalar".to_string(), vec![], &numbers[3..4]),
    ];
    encode_checkpoint(&meta(), &arrays).unwrap()
}

#[test]
fn what_is_written_is_read_back() {
    let bytes = whole();
    let back: Checkpoint<Meta> = decode_checkpoint(&bytes).unwrap();
    assert_eq!(back.value, meta());
    let [(a, shape, numbers), (b, empty, none), (c, point, one)] = &back.arrays[..] else {
        panic!("{back:?}")
    };
    assert_eq!([a.as_str(), b, c], ["0.weight", "nothing", "scalar"]);
    assert_eq!((&shape[..], &empty[..], &point[..]), (&[5, 7][..], &[0, 3][..], &[][..]));
    assert_eq!((numbers.len(), none.len(), one[0]), (35, 0, 3.0_f32.sin()));
    assert_eq!(bytes.len() % 64, 0);
}

#[test]
fn every_bit_and_every_length_counts() {
    let bytes = whole();
    let refused = |bytes: &[u8]| decode_checkpoint::<Meta>(bytes).is_err();
    for i in 0..bytes.len() {
        assert!(refused(&bytes[..i]), "cut at {i}");
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[i] ^= 1 << bit;
            assert!(refused(&changed), "byte {i}, bit {bit}");
        }
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(refused(&longer));
}

#[test]
fn lengths_that_lie_are_refused() {
    let mut bytes = whole();
    // The number of words of the value, then a length of 2^63 in front of them.
    let at = 64 + 1;
    assert_eq!(bytes[at], 2);
    bytes[at] = 0xfd;
    format::seal(&mut bytes);
    assert!(matches!(decode_checkpoint::<Meta>(&bytes), Err(StoreError::Checkpoint { .. })));
    let shapes = [vec![u64::MAX, 2], vec![1 << 62], vec![1; 5]];
    for shape in shapes {
        let entry = format::Entry { name: "w".into(), shape: shape.clone(), offset: 0 };
        assert!(entry.numbers().is_err(), "{shape:?}");
    }
    let twice = [("a".to_string(), vec![1], &[1.0][..]), ("a".to_string(), vec![1], &[1.0][..])];
    assert!(encode_checkpoint(&0_u64, &twice).is_err());
    assert!(encode_checkpoint(&0_u64, &[("a".to_string(), vec![2], &[1.0][..])]).is_err());
}

#[test]
fn a_later_format_is_named() {
    let mut bytes = whole();
    bytes[8] = 9;
    format::seal(&mut bytes);
    let error = decode_checkpoint::<Meta>(&bytes).unwrap_err();
    assert!(matches!(error, StoreError::Future { found: 9, known: CHECKPOINT_FORMAT }), "{error}");
}

#[test]
fn the_one_before_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("resume.bin");
    let keep = |step: u64| keep_checkpoint(&path, &step, &[]).unwrap();
    let read = || kept_checkpoint::<u64>(&path);
    assert!(read().is_err());
    keep(1);
    assert!(matches!(read(), Ok((Checkpoint { value: 1, .. }, None))));
    keep(2);
    keep(3);
    assert!(matches!(read(), Ok((Checkpoint { value: 3, .. }, None))));
    for broken in [&b""[..], b"SPARCKPT", &[7; 200]] {
        fs::write(&path, broken).unwrap();
        let (older, why) = read().unwrap();
        assert_eq!(older.value, 2);
        let why = why.unwrap().to_string();
        assert!(why.contains("resume.bin") && why.contains("not a whole checkpoint"), "{why}");
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(read().unwrap().0.value, 2);
    let names = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(names, 1, "no temporary file is left");
}

#[test]
fn a_table_has_a_bound() {
    // Rows of three bytes: no name, no axis, at 0.
    let rows = |n: usize| {
        let entry = || format::Entry { name: String::new(), shape: vec![], offset: 0 };
        let table = (0..n).map(|_| entry()).collect();
        let mut bytes = format::begin(&format::Contents { value: 0_u64, table }, 0).unwrap();
        format::seal(&mut bytes);
        decode_checkpoint::<u64>(&bytes).unwrap_err().to_string()
    };
    assert!(rows(format::MAX_ARRAYS + 1).contains("more than 65536 arrays"));
    assert!(!rows(format::MAX_ARRAYS).contains("more than"));
}

#[test]
fn a_newer_state_is_never_given_up_for_an_older_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("resume.bin");
    keep_checkpoint(&path, &1_u64, &[]).unwrap();
    keep_checkpoint(&path, &2_u64, &[]).unwrap();
    let mut later = encode_checkpoint(&3_u64, &[]).unwrap();
    later[8] = 9;
    format::seal(&mut later);
    fs::write(&path, later).unwrap();
    assert!(matches!(kept_checkpoint::<u64>(&path).unwrap_err().reason(), StoreError::Future { .. }));
    // Not a file: the system will say so again tomorrow, or not.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(matches!(kept_checkpoint::<u64>(&path), Err(StoreError::Io { .. })));
}
