//! Changed checkpoints.

use crate::memory::{ALONE, bounded};
use crate::mutate::{cases, mutate};
use serde::{Deserialize, Serialize};
use sparring_seed::Key;
use sparring_store::{Checkpoint, decode_checkpoint, encode_checkpoint, sha256_hex};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Meta {
    step: u64,
    words: Vec<String>,
    sums: Vec<Option<f64>>,
}

fn file(words: &[&str], n: usize) -> Vec<u8> {
    let meta = Meta {
        step: 7,
        words: words.iter().map(|w| (*w).to_string()).collect(),
        sums: vec![Some(0.1), None],
    };
    let numbers: Vec<f32> = (0..n).map(|i| (i as f32).sin()).collect();
    let arrays = [
        ("0.weight".to_string(), vec![n / 5, 5], &numbers[..]),
        ("nothing".to_string(), vec![0, 3], &[][..]),
        ("scalar".to_string(), vec![], &numbers[3..4]),
    ];
    encode_checkpoint(&meta, &arrays).unwrap()
}

/// Lengths as bincode writes them: one byte, or a mark and two, four or eight.
const LENGTHS: &[&[u8]] = &[
    b"\xfb\xff\xff",
    b"\xfc\xff\xff\xff\x7f",
    b"\xfd\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\xfd\0\0\0\0\x01\0\0\0",
    b"\xfa",
    b"\xff\xff\xff\xff",
    b"SPARCKPT",
    b"\0",
];

/// Puts a right checksum into the header, as whoever changes a file on purpose does.
fn seal(file: &mut [u8]) {
    let all = [&file[..32], &file[64..]].concat();
    let hex = sha256_hex(&all);
    for (i, byte) in file[32..64].iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
    }
}

#[test]
fn twenty_thousand_changed_checkpoints() {
    let _alone = ALONE.lock();
    let whole = [file(&["a", "ü\n"], 35), file(&["of another training", "", "b"], 200)];
    let original: Vec<Checkpoint<Meta>> = whole.iter().map(|f| decode_checkpoint(f).unwrap()).collect();
    let mut again = whole[0].clone();
    seal(&mut again);
    assert!(again == whole[0], "the seal of this test is that of the format");
    let (mut sealed, mut opened) = (0, 0);
    for i in 0..cases() {
        let mut s = Key::new(8).rng(i);
        let which = (i % 2) as usize;
        let mut file = whole[which].clone();
        mutate(&mut file, &whole[1 - which], LENGTHS, &mut s);
        let forged = file.len() >= 64 && s.below(2) == 0;
        if forged {
            seal(&mut file);
        }
        match bounded(&file, || decode_checkpoint::<Meta>(&file)) {
            Ok(read) if forged => {
                opened += 1;
                for (name, shape, numbers) in read.arrays {
                    assert_eq!(shape.iter().product::<usize>(), numbers.len(), "{name} in file {i}");
                }
            }
            // A changed file of ours is never taken: what was read is what was written.
            Ok(read) => {
                let at =
                    whole.iter().position(|f| *f == file).unwrap_or_else(|| panic!("file {i} was taken"));
                assert_eq!(read.value, original[at].value);
            }
            Err(_) => {}
        }
        sealed += u64::from(forged);
    }
    // The right checksum brings some changes as far as the tables and the numbers.
    let of = |share: u64| cases() * share / 20_000;
    assert!(sealed >= of(8_000) && opened >= of(500), "{sealed} sealed, {opened} opened");
}
