//! Broken files: no panic, bounded memory, nothing broken is taken for whole.
#![allow(missing_docs)]

mod checkpoint;
mod memory;
mod mutate;
mod npz;
#[cfg(feature = "onnx")]
mod onnx;
mod spec;

use memory::{ALONE, bounded};
use mutate::{JSON, cases, fit, mutate, reseal};
use sparring_nn::{Graph, layers};
use sparring_seed::Key;
use sparring_store::{MAX_DOCUMENT, TensorFile, TensorValues, Weights, write};

/// A small file of ours with a learnt activation in it.
fn ours() -> Vec<u8> {
    let prelu = layers::activation(&"prelu".parse().unwrap());
    let layers = vec![layers::flatten(), layers::linear(4, 3), prelu, layers::linear(3, 2)];
    let spec = Graph::chain([1, 2, 2], layers);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.safetensors");
    let net = spec.build::<f32>(Key::new(1)).unwrap();
    write(&path, "classifier", &[("", &net)], serde_json::json!({ "data": "moons" })).unwrap();
    std::fs::read(path).unwrap()
}

/// A small file such as PyTorch writes.
fn foreign() -> Vec<u8> {
    use safetensors::{Dtype, tensor::TensorView};
    let data: Vec<u8> = (0..12).flat_map(|i| (i as f32 / 7.0).to_le_bytes()).collect();
    let view = |shape: &[usize], n: usize| TensorView::new(Dtype::F32, shape.to_vec(), &data[..n]).unwrap();
    let halves = TensorView::new(Dtype::F16, vec![3], &[0, 0x3c, 1, 0, 0xff, 0x7b]).unwrap();
    let doubles = TensorView::new(Dtype::F64, vec![2], &data[..16]).unwrap();
    let tensors = [
        ("0.weight", view(&[3, 4], 48)),
        ("0.bias", view(&[3], 12)),
        ("scale", view(&[], 4)),
        ("d", doubles),
        ("h", halves),
    ];
    let metadata = [("format".to_string(), "pt".to_string())];
    safetensors::serialize(tensors, Some(metadata.into_iter().collect())).unwrap()
}

/// Whatever is accepted is whole: every byte belongs to a tensor of a sound shape with finite numbers.
fn accepted(bytes: &[u8]) -> bool {
    let weights = Weights::parse(bytes).is_ok();
    let Ok(file) = TensorFile::parse(bytes) else {
        assert!(!weights);
        return false;
    };
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut data = 0;
    for (name, values) in &file.tensors {
        let shape = values.shape();
        assert!(!name.is_empty() && shape.len() <= 4 && (file.document.is_none() || !shape.contains(&0)));
        assert_eq!(shape.iter().product::<usize>(), values.len());
        let (size, finite) = match values {
            TensorValues::F32(a) => (
                if file.converted.contains_key(name) { 2 } else { 4 },
                a.as_slice().iter().all(|v| v.is_finite()),
            ),
            TensorValues::F64(a) => (8, a.as_slice().iter().all(|v| v.is_finite())),
            _ => (8, true),
        };
        assert!(finite);
        data += values.len() * size;
    }
    assert_eq!(8 + header + data, bytes.len());
    true
}

#[test]
fn every_truncation_is_refused() {
    let _alone = ALONE.lock();
    for file in [ours(), foreign()] {
        assert!(accepted(&file));
        for length in 0..file.len() {
            assert!(!accepted(&file[..length]), "{length} of {}", file.len());
        }
    }
}

#[test]
fn every_flipped_bit_of_ours_is_refused() {
    let _alone = ALONE.lock();
    let mut file = ours();
    for bit in 0..file.len() * 8 {
        file[bit / 8] ^= 1 << (bit % 8);
        assert!(!accepted(&file), "bit {bit} of {}", file.len() * 8);
        file[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(accepted(&file));
    let mut file = foreign();
    for bit in 0..file.len() * 8 {
        file[bit / 8] ^= 1 << (bit % 8);
        accepted(&file);
        file[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn twenty_thousand_broken_files() {
    let _alone = ALONE.lock();
    let whole = [ours(), foreign()];
    let digits = TensorFile::parse(&whole[0]).unwrap().document.unwrap().sha256.into_bytes();
    let (mut refused, mut sealed, mut foreign_ok) = (0, 0, 0);
    for i in 0..cases() {
        let mut s = Key::new(7).rng(i);
        let which = (i % 2) as usize;
        let mut file = whole[which].clone();
        mutate(&mut file, &whole[1 - which], JSON, &mut s);
        if s.below(2) == 0 {
            let header = u64::from_le_bytes(whole[which][..8].try_into().unwrap()) as isize;
            let grown = file.len() as isize - whole[which].len() as isize;
            fit(&mut file, header + grown);
        }
        let resealed = which == 0 && s.below(3) == 0;
        if resealed {
            reseal(&mut file, &digits);
        }
        let taken = bounded(&file, || accepted(&file));
        let same = whole.contains(&file);
        if which == 0 && !resealed && taken && !same {
            // Only a splice can have made a whole foreign file of it.
            assert!(TensorFile::parse(&file).unwrap().document.is_none(), "file {i}");
        }
        refused += u64::from(!taken);
        sealed += u64::from(taken && resealed);
        foreign_ok += u64::from(taken && which == 1);
    }
    // Most are refused; some reach the depths: resealed ones and changed numbers of a foreign file are whole files.
    let of = |share: u64| cases() * share / 20_000;
    assert!(
        refused >= of(15_000) && sealed >= of(20) && foreign_ok >= of(200),
        "{refused} {sealed} {foreign_ok}"
    );
}

/// Headers made to blow up while they are parsed.
#[test]
fn swollen_headers_are_refused_without_holding_them() {
    let _alone = ALONE.lock();
    let (ones, nested) = ("1,".repeat(500_000), "[".repeat(1_000_000));
    let maps = r#"{"":0},"#.repeat(30_000);
    let escaped = maps.replace('"', "\\\"");
    let headers = [
        format!(r#"{{"a":{{"dtype":"F32","shape":[{ones}1],"data_offsets":[0,8]}}}}"#),
        format!(r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":[{ones}1]}}}}"#),
        nested.clone(),
        format!(r#"{{"a":{nested}"#),
        format!(r#"{{"__metadata__":{{"a":"1"}},"b":{nested}"#),
        format!(
            r#"{{"__metadata__":{{"sparring":"{{\"format\":1,\"sha256\":\"\",\"extra\":[{escaped}0]}}"}}}}"#
        ),
    ];
    for header in &headers {
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header.as_bytes());
        bounded(&file, || assert!(!accepted(&file)));
    }
}

/// The same from someone who can sum: the document is whole, so it is parsed, but it is never large.
#[test]
fn swollen_documents_with_a_right_sum_are_bounded() {
    let _alone = ALONE.lock();
    let zeros = "0".repeat(64);
    for unit in [r#"{"":0},"#, "[0],", "0,", r#""","#] {
        let many = unit.repeat((MAX_DOCUMENT as usize - 300) / unit.len());
        let document = format!(
            r#"{{"format":1,"sha256":"{zeros}","kind":"a","networks":[],"extra":[{}]}}"#,
            many.trim_end_matches(',')
        );
        let header = serde_json::json!({ "__metadata__": { "sparring": document } }).to_string();
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header.as_bytes());
        reseal(&mut file, zeros.as_bytes());
        bounded(&file, || assert!(TensorFile::parse(&file).is_ok(), "{unit}"));
    }
}
