//! Files of other programs, and files that lie.

use sparring_nn::{Graph, layers};
use sparring_seed::Key;
use sparring_store::{
    StoreError, TensorFile, TensorValues, Weights, read, read_tensors, sha256_hex, write_tensors,
};
use std::path::Path;

/// A file with this header and `data` bytes behind it.
fn file(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

fn golden(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/attacks").join(name)
}

#[test]
fn weights_made_by_pytorch_fit_the_equal_network() {
    let relu = || layers::activation(&"relu".parse().unwrap());
    let layers = vec![
        layers::flatten(),
        layers::linear(784, 128),
        relu(),
        layers::linear(128, 64),
        relu(),
        layers::linear(64, 10),
    ];
    let mut net = Graph::chain([1, 28, 28], layers).build::<f32>(Key::new(1)).unwrap();
    let weights = read(golden("mlp.safetensors")).unwrap();
    assert!(
        weights.document().is_none() && weights.kind().is_none() && weights.expect_kind("classifier").is_ok()
    );
    weights.load_into("", &mut net).unwrap();
    for p in &net.params {
        let name = p.name();
        assert_eq!(p.value.as_slice(), weights.get(name).unwrap().as_slice());
    }
    assert!(weights.build("").unwrap_err().to_string().contains("name the architecture"));
    let cases = read_tensors(golden("mlp_cases.safetensors")).unwrap();
    assert!(matches!(cases.get("labels"), Some(TensorValues::I64 { numbers, .. }) if numbers.len() == 32));
    assert!(cases.metadata.contains_key("about"));
    let e = read(golden("mlp_cases.safetensors")).unwrap_err().to_string();
    assert!(e.contains("`labels`: numbers of type I64"), "{e}");
}

#[test]
fn pytorchs_counters_of_batches_are_left_out_and_told() {
    let tensor = |name: &str, dtype: &str, shape: &str, from: usize, to: usize| {
        format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{from},{to}]}}"#)
    };
    let four = ["weight", "bias", "running_mean", "running_var"];
    let mut all: Vec<_> =
        (0..4).map(|i| tensor(&format!("0.{}", four[i]), "F32", "[2]", 8 * i, 8 * i + 8)).collect();
    all.push(tensor("0.num_batches_tracked", "I64", "[]", 32, 40));
    let weights = Weights::parse(&file(&format!("{{{}}}", all.join(",")), 40)).unwrap();
    assert_eq!(weights.notes()[0].to_string(), "left out, counters of batches: 0.num_batches_tracked");
    let mut net = Graph::chain([2, 3, 3], vec![layers::batch_norm(2)]).build::<f32>(Key::new(1)).unwrap();
    weights.load_into("", &mut net).unwrap();
    assert!(net.params.iter().all(|p| p.value.as_slice() == [0.0; 2]));
    // Any other whole number is still no weight.
    all[4] = tensor("0.steps", "I64", "[]", 32, 40);
    let e = Weights::parse(&file(&format!("{{{}}}", all.join(",")), 40)).unwrap_err().to_string();
    assert!(e.contains("0.steps") && e.contains("leave this tensor out"), "{e}");
}

#[test]
fn double_precision_is_rounded_and_overflow_is_named() {
    let header = r#"{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}"#;
    let mut bytes = file(header, 0);
    bytes.extend([0.1f64, -3.0].iter().flat_map(|v| v.to_le_bytes()));
    assert_eq!(Weights::parse(&bytes).unwrap().get("a").unwrap().as_slice(), [0.1f32, -3.0]);
    let at = bytes.len() - 8;
    bytes[at..].copy_from_slice(&1e300f64.to_le_bytes());
    assert!(TensorFile::parse(&bytes).is_ok());
    assert!(
        Weights::parse(&bytes).unwrap_err().to_string().contains("`a`: a number of type F64 is too large")
    );
    bytes[at..].copy_from_slice(&f64::NAN.to_le_bytes());
    assert!(Weights::parse(&bytes).unwrap_err().to_string().contains("`a`: number 1 is infinite or NaN"));
}

#[test]
fn every_lie_in_a_header_is_an_error() {
    let ok = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    assert!(TensorFile::parse(&file(ok, 8)).is_ok());
    let cases: &[(&str, usize, &str)] = &[
        (ok, 7, "not a whole"),
        (ok, 9, "not a whole"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "offset"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "offset"),
        (r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "invalid shape"),
        (r#"{"a":{"dtype":"F32","shape":[1,1,1,1,2],"data_offsets":[0,8]}}"#, 8, "more than 4 axes"),
        (
            r#"{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}"#,
            8,
            "numbers of type I32; F32, F64, F16, BF16 and I64",
        ),
        (r#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "not a whole"),
        (r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"b":1}}"#, 8, "unknown field"),
        (
            r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#,
            8,
            "more than memory",
        ),
        (
            r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            4,
            "offset",
        ),
        (
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            8,
            "`a` stands there twice",
        ),
        (r#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, "`k` stands there twice"),
        (r#"{"__metadata__":{"k":1}}"#, 0, "not a whole"),
        (r#"{"":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8, "needs a name"),
        (r#"{"__metadata__":{"sparring":"not json"}}"#, 0, "metadata key `sparring`"),
        (r#"{"__metadata__":{"sparring":"{\"format\":1,\"sha256\":\"no\"}"}}"#, 0, "64 lower-case"),
        (
            r#"{"__metadata__":{"sparring":"{\"format\":9,\"sha256\":\"\"}"}}"#,
            0,
            "format 9, this program reads up to format 1",
        ),
        (r#"{"__metadata__":{"sparrinh":"{\"format\":1,\"sha256\":\"\"}"}}"#, 0, "under the key `sparrinh`"),
        ("[]", 0, "not a whole"),
        ("{} {}", 0, "not a whole"),
    ];
    for (header, data, says) in cases {
        let e = TensorFile::parse(&file(header, *data)).unwrap_err().to_string();
        assert!(e.contains(says), "{header}: {e}");
    }
    let mut long = file(ok, 8);
    long[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(TensorFile::parse(&long).unwrap_err().to_string().contains("the header wants"));
    let blown = file(&" ".repeat((1 << 20) + 1), 0);
    assert!(matches!(TensorFile::parse(&blown), Err(StoreError::TooLarge { limit: 1_048_576, .. })));
    let many: Vec<_> = (0..5000)
        .map(|i| format!(r#""{i}":{{"dtype":"F32","shape":[],"data_offsets":[{},{}]}}"#, i * 4, i * 4 + 4))
        .collect();
    let e = TensorFile::parse(&file(&format!("{{{}}}", many.join(",")), 20_000)).unwrap_err().to_string();
    assert!(e.contains("more than 4096 tensors"), "{e}");
}

/// An attacker who can sum: the document asks for networks its tensors are not.
#[test]
fn a_sealed_lie_about_the_network_allocates_nothing() {
    let forge = |networks: &str| {
        let zeros = "0".repeat(64);
        let document = format!(
            r#"{{"format":1,"sha256":"{zeros}","kind":"classifier","networks":{networks},"extra":null}}"#
        );
        let header = serde_json::json!({
            "__metadata__": { "sparring": document },
            "0.weight": { "dtype": "F32", "shape": [2], "data_offsets": [0, 8] },
        });
        let mut bytes = file(&header.to_string(), 8);
        let at = bytes.windows(64).position(|w| w == zeros.as_bytes()).unwrap();
        let sum = sha256_hex(&bytes);
        bytes[at..at + 64].copy_from_slice(sum.as_bytes());
        Weights::parse(&bytes).unwrap_err()
    };
    let net = |prefix: &str, layer: &str| {
        format!(r#"[{{"prefix":"{prefix}","spec":{{"input":[1,1,2],"layers":[{layer}]}}}}]"#)
    };
    let linear = |inputs: &str| format!(r#"{{"layer":"linear","inputs":{inputs},"outputs":16384}}"#);
    assert!(matches!(forge(&net("", &linear("16384"))), StoreError::Names { .. }));
    assert!(matches!(forge(&net("", &linear("4294967296"))), StoreError::Network { .. }));
    assert!(matches!(forge(&net("", &linear("0"))), StoreError::Network { .. }));
    assert!(matches!(forge(&net("a.b", &linear("1"))), StoreError::Network { .. }));
    assert!(matches!(forge(&net("", &linear("-1"))), StoreError::Document { .. }));
    assert!(matches!(forge(&net("", r#"{"layer":"attention"}"#)), StoreError::Document { .. }));
    assert!(matches!(forge("[]"), StoreError::Document { .. }));
    assert!(matches!(forge("[],\"more\":1"), StoreError::Document { .. }));
}

#[test]
fn what_is_no_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().to_path_buf(), dir.path().join("absent")] {
        let e = read(&path).unwrap_err();
        assert!(
            matches!(e, StoreError::Io { .. }) && e.to_string().contains(&*path.to_string_lossy()),
            "{e}"
        );
    }
    let path = dir.path().join("page.safetensors");
    for (content, what) in [
        (&b""[..], "an empty file"),
        (b"short", "a text file"),
        (b"<html><body>not found</body></html>", "a web page"),
        (
            b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\0\0model/data.pklFB",
            "a PyTorch file",
        ),
        (b"\x08\x08\x12\x07pytorch\x1a\x052.2.0:", "an ONNX file"),
    ] {
        std::fs::write(&path, content).unwrap();
        for e in
            [read(&path).unwrap_err(), read_tensors(&path).unwrap_err(), Weights::parse(content).unwrap_err()]
        {
            assert!(matches!(e.reason(), StoreError::Foreign { .. }), "{e}");
            assert!(e.to_string().contains(what), "{e}");
        }
        assert!(read(&path).unwrap_err().to_string().contains("page.safetensors"));
    }
    std::fs::write(&path, b"\x01\x02\x03").unwrap();
    let e = read(&path).unwrap_err();
    assert!(matches!(e.reason(), StoreError::NotSafetensors { .. }), "{e}");
    // Sparse, so it costs no disk: refused by its length alone.
    std::fs::File::create(&path).unwrap().set_len((4 << 30) + 1).unwrap();
    assert!(matches!(read(&path).unwrap_err().reason(), StoreError::TooLarge { .. }));
    let below = path.join("below");
    assert!(matches!(
        write_tensors(&below, "a", &[("a", TensorValues::labels([1]))], serde_json::Value::Null),
        Err(StoreError::Io { .. })
    ));
}
