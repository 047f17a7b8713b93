//! Changed ONNX files.

use crate::memory::{ALONE, bounded_by};
use crate::mutate::{cases, mutate};
use sparring_seed::Key;
use sparring_store::{OnnxFile, StoreError};

const WHOLE: [&[u8]; 6] = [
    include_bytes!("../../../../golden/onnx/conv_script.onnx"),
    include_bytes!("../../../../golden/onnx/residual_dynamo.onnx"),
    include_bytes!("../../../../golden/onnx/shapes_script.onnx"),
    include_bytes!("../../../../golden/onnx/borders.onnx"),
    include_bytes!("../../../../golden/onnx/arithmetic.onnx"),
    include_bytes!("../../../../golden/onnx/fixed_batch.onnx"),
];
/// Keys of fields, lengths, numbers of many bytes, names.
const TEMPTING: &[&[u8]] = &[
    b"\x0a",
    b"\x12",
    b"\x2a",
    b"\x3a",
    b"\x00",
    b"\x7f",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x80\x01",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"Gemm",
    b"Conv",
    b"Reshape",
    b"Softmax",
    b"Loop",
    b"x",
    b"input",
    b"\x0a\x00",
    b"\x08\xff\xff\xff\xff\x07",
    b"\xc3\x28",
];
/// What a network may take that no file's length accounts for: kernels filled up with zeros, once read and once drawn.
const MOST: usize = 128 << 20;

/// Whatever is read is a network that this program would build; what is not is told in one line.
fn accepted(bytes: &[u8]) -> bool {
    let one_line = |e: &StoreError| {
        let text = e.to_string();
        assert!(text.lines().count() == 1 && text.len() < 8000 && text.len() > 10, "{text}");
    };
    let file = match OnnxFile::parse(bytes) {
        Ok(file) => file,
        Err(e) => {
            one_line(&e);
            return false;
        }
    };
    match file.network() {
        Ok((net, notes)) => {
            assert!(
                net.graph().validate().is_ok() && net.graph().cost().is_ok() && net.params.check().is_ok()
            );
            assert!(notes.iter().all(|n| n.to_string().lines().count() == 1));
            true
        }
        Err(e) => {
            one_line(&e);
            false
        }
    }
}

#[test]
fn twenty_thousand_changed_onnx_files() {
    let _alone = ALONE.lock();
    let mut taken = 0;
    for i in 0..cases() {
        let mut s = Key::new(11).rng(i);
        let which = i as usize % WHOLE.len();
        let mut file = WHOLE[which].to_vec();
        mutate(&mut file, WHOLE[(which + 1) % WHOLE.len()], TEMPTING, &mut s);
        taken += u64::from(bounded_by(MOST, &file, || accepted(&file)));
    }
    // Changed weights and names are other networks; a lost byte is most often none.
    let of = |share: u64| cases() * share / 20_000;
    assert!(taken >= of(1_000) && taken <= of(15_000), "{taken}");
}

#[test]
fn every_truncation_and_every_flipped_bit_is_read_or_refused() {
    let _alone = ALONE.lock();
    for whole in &WHOLE[3..] {
        assert!(accepted(whole));
        let mut file = whole.to_vec();
        for bit in 0..file.len() * 8 {
            file[bit / 8] ^= 1 << (bit % 8);
            bounded_by(MOST, &file, || accepted(&file));
            file[bit / 8] ^= 1 << (bit % 8);
        }
        // The last fields say versions and names alone.
        let cut = (0..file.len()).filter(|&n| accepted(&file[..n])).count();
        assert!(cut < 40, "{cut}");
    }
}

/// A field with a length: `key`, then the bytes.
fn field(key: u8, bytes: &[u8]) -> Vec<u8> {
    let (mut out, mut n) = (vec![key], bytes.len());
    while n > 127 {
        out.push((n & 127) as u8 | 128);
        n >>= 7;
    }
    out.push(n as u8);
    out.extend(bytes);
    out
}

#[test]
fn files_made_to_blow_up_are_refused_before_they_are_decoded() {
    let _alone = ALONE.lock();
    let million = |piece: &[u8]| piece.repeat(1_000_000);
    // Nodes, tensors, attributes and inputs of nothing; extents and whole numbers of one byte each.
    let tensor = |fields: &[u8]| field(0x2a, fields);
    let graphs = [
        million(&[0x0a, 0]),
        million(&[0x2a, 0]),
        million(&[0x5a, 0]),
        field(0x0a, &million(&[0x2a, 0])),
        field(0x0a, &million(&[0x0a, 0])),
        tensor(&field(0x0a, &vec![1; 10_000_000])),
        tensor(&field(0x3a, &vec![1; 10_000_000])),
        tensor(&[0x08, 1].repeat(5_000_000)),
        tensor(&million(&[0x6a, 0])),
    ];
    for graph in graphs {
        let file = field(0x3a, &graph);
        // The copy of the file that parsing from memory makes.
        bounded_by(1 << 20, &file, || {
            let told = OnnxFile::parse(&file).unwrap_err().to_string();
            assert!(told.contains("above the limit"), "{told}");
        });
    }
}
