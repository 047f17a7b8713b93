//! 20,000 broken IDX and gzip files: no panic, bounded memory, nothing broken is taken for whole.
#![allow(missing_docs)]

mod memory;

use memory::peak_of;
use sparring_datasets::idx::{Idx, IdxValues, Limits, Packing, decode, encode};
use sparring_seed::{Key, Stream};

/// Whole files of every type and rank, raw and packed.
fn seeds() -> Vec<Vec<u8>> {
    let arrays = [
        Idx::new(vec![3, 28, 28], IdxValues::U8((0..3 * 784).map(|i| (i * i % 256) as u8).collect())),
        Idx::new(vec![10], IdxValues::U8((0..10).collect())),
        Idx::new(vec![5, 7], IdxValues::I8((0..35).map(|i| i - 17).collect())),
        Idx::new(vec![4, 3, 2, 2], IdxValues::I16((0..48).map(|i| i * 600).collect())),
        Idx::new(vec![6, 4], IdxValues::I32((0..24).map(|i| i * 90_000_000).collect())),
        Idx::new(vec![9], IdxValues::F32((0..9).map(|i| i as f32 / 3.0).collect())),
        Idx::new(vec![2, 2, 2], IdxValues::F64((0..8).map(|i| f64::from(i).sqrt()).collect())),
        Idx::new(vec![0, 28, 28], IdxValues::U8(vec![])),
    ];
    let arrays: Vec<Idx> = arrays.into_iter().map(|a| a.expect("a whole array")).collect();
    arrays.iter().flat_map(|a| [encode(a, Packing::Raw), encode(a, Packing::Gzip)]).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(bytes).expect("a Vec takes every byte");
    gz.finish().expect("a Vec takes every byte")
}

const TEMPTING: [u8; 12] = [0, 1, 2, 4, 5, 7, 8, 0x0e, 0x1f, 0x7f, 0x8b, 0xff];

/// One to four changes: bits, bytes, tempting header values, cuts, insertions, repeats, splices.
fn mutate(file: &mut Vec<u8>, other: &[u8], s: &mut Stream) {
    for _ in 0..=s.below(4) {
        if file.is_empty() {
            file.push(s.bits() as u8);
        }
        let n = file.len() as u32;
        // Half of all changes fall into the first 24 bytes, where the structure is.
        let reach = if s.below(2) == 0 { n.min(24) } else { n };
        let at = s.below(reach) as usize;
        match s.below(9) {
            0 => file[at] ^= 1 << s.below(8),
            1 => file[at] = s.bits() as u8,
            2 => file[at] = TEMPTING[s.below(TEMPTING.len() as u32) as usize],
            3 => file.truncate(at),
            4 => file.insert(at, s.bits() as u8),
            5 => {
                file.remove(at);
            }
            6 => file.extend((0..=s.below(40)).map(|_| TEMPTING[s.below(12) as usize])),
            7 => {
                let from = s.below(other.len() as u32) as usize;
                file.truncate(at);
                file.extend_from_slice(&other[from..]);
            }
            _ => {
                let big = [u32::MAX, 1 << 31, 1 << 30, 1 << 20, 0, 1][s.below(6) as usize].to_be_bytes();
                let end = (at + 4).min(file.len());
                file[at..end].copy_from_slice(&big[..end - at]);
            }
        }
    }
}

#[test]
fn twenty_thousand_mutants_find_no_hole() {
    let seeds = seeds();
    let (mut whole, mut broken) = (0, 0);
    for i in 0..20_000u64 {
        let mut s = Key::new(20).rng(i);
        let pick = |s: &mut Stream| seeds[s.below(seeds.len() as u32) as usize].clone();
        let (mut file, other) = (pick(&mut s), pick(&mut s));
        mutate(&mut file, &other, &mut s);
        // A third of the raw mutants are packed again, so that their lies come through intact gzip.
        if s.below(3) == 0 {
            file = gzip(&file);
        }
        let (read, peak) = peak_of(|| decode(&file[..], &Limits::default()));
        assert!(peak <= 4 * file.len() + (16 << 20), "mutant {i}: {peak} bytes for a file of {}", file.len());
        match read {
            Err(_) => broken += 1,
            Ok(idx) => {
                // What was taken must be exactly what the bytes say: unpacked with another reader, it encodes back to them.
                let mut plain = file.clone();
                if file.starts_with(&[0x1f, 0x8b]) {
                    plain.clear();
                    let mut reader = flate2::bufread::MultiGzDecoder::new(&file[..]);
                    std::io::Read::read_to_end(&mut reader, &mut plain).expect("an accepted stream is whole");
                }
                let same = encode(&idx, Packing::Raw);
                let head = 4 + 4 * idx.shape().len();
                assert_eq!((same.len(), &same[..head]), (plain.len(), &plain[..head]), "mutant {i}");
                assert!(same == plain || has_nan(&idx), "mutant {i}");
                whole += 1;
            }
        }
    }
    eprintln!("{whole} still whole, {broken} refused");
    assert!(
        whole > 500 && broken > 10_000,
        "the mutator is too tame or too wild: {whole} whole, {broken} refused"
    );
}

/// A NaN's payload need not survive on every machine.
fn has_nan(idx: &Idx) -> bool {
    match idx.values() {
        IdxValues::F32(v) => v.iter().any(|x| x.is_nan()),
        IdxValues::F64(v) => v.iter().any(|x| x.is_nan()),
        _ => false,
    }
}
