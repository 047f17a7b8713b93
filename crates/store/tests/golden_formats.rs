//! Nets that PyTorch saved, read through TOML files: the same logits (`golden/formats/make.py`, which also loads what we write: `--check`).

use sparring_nn::{Compiled, Graph, Network};
use sparring_seed::Key;
use sparring_store::{
    LoadNote, TensorFile, TensorValues, Weights, parse_spec, read, read_spec, read_tensors, write,
    write_tensors,
};
use std::path::{Path, PathBuf};

const NETS: [&str; 5] = ["mlp", "madry", "batch_norm", "named", "layers"];

fn golden(folder: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden").join(folder).join(file)
}

fn net(name: &str) -> Network<f32> {
    read_spec(golden("formats", &format!("{name}.toml"))).unwrap().build(Key::new(1)).unwrap()
}

fn floats(file: &TensorFile, name: &str) -> Vec<f32> {
    match file.get(name) {
        Some(TensorValues::F32(a)) => a.as_slice().to_vec(),
        other => panic!("{name}: {other:?}"),
    }
}

/// Logits of the compiled engine against PyTorch's.
fn same_logits(net: &Network<f32>, x: &[f32], wanted: &[f32], what: &str) {
    let mut logits = vec![0.0; wanted.len()];
    Compiled::new(net).forward(x, &mut logits);
    let gap = logits.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(gap <= 1e-5, "{what}: {gap:e}");
    assert!(wanted.iter().any(|v| v.abs() > 0.3), "{what}: logits near 0 prove nothing");
}

fn load(name: &str, file: &str) -> (Network<f32>, Weights, Vec<LoadNote>) {
    let (mut net, weights) = (net(name), read(golden("formats", file)).unwrap());
    let notes = weights.load_into("", &mut net).unwrap();
    (net, weights, notes)
}

#[test]
fn nets_of_pytorch_give_its_logits() {
    let cases = read_tensors(golden("formats", "cases.safetensors")).unwrap();
    let x = floats(&cases, "x");
    for name in NETS {
        let wanted = floats(&cases, name);
        for ending in ["safetensors", "npz"] {
            let file = format!("{name}.{ending}");
            let (net, weights, _) = load(name, &file);
            same_logits(&net, &x, &wanted, &file);
            let counters = weights.notes().iter().any(|n| n.to_string().contains("9.num_batches_tracked"));
            assert_eq!(counters, name == "batch_norm", "{:?}", weights.notes());
        }
    }
    for (file, logits, net, says) in [
        (
            "half.safetensors",
            "half",
            "madry",
            ["of type F16 are read as F32", "of type BF16 are read as F32"],
        ),
        ("half.npz", "half_npz", "madry", ["8 tensors of type F16 are read", "holds each number exactly"]),
        ("double.safetensors", "named", "named", ["7 tensors of type F64", "are rounded to F32"]),
    ] {
        let (net, weights, _) = load(net, file);
        same_logits(&net, &x, &floats(&cases, logits), file);
        let told = weights.notes().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(says.iter().all(|s| told.contains(s)), "{told}");
    }
}

#[test]
fn the_articles_classifier_in_full_gives_pytorchs_logits() {
    let spec = "input = [1, 28, 28]\nlayers = [{ type = \"Flatten\" }, { type = \"Linear\", in_features = 784, out_features = 128 }, { type = \"ReLU\" },
        { type = \"Linear\", in_features = 128, out_features = 64 }, { type = \"ReLU\" }, { type = \"Linear\", in_features = 64, out_features = 10 }]";
    let mut net = parse_spec(spec).unwrap().build::<f32>(Key::new(1)).unwrap();
    read(golden("attacks", "mlp.safetensors")).unwrap().load_into("", &mut net).unwrap();
    let cases = read_tensors(golden("attacks", "mlp_cases.safetensors")).unwrap();
    same_logits(&net, &floats(&cases, "x"), &floats(&cases, "logits"), "mlp");
}

/// The names, shapes and bits of a state dict, but for the counters, which PyTorch's `load_state_dict` fills in.
#[test]
fn what_we_write_is_the_state_dict_it_came_from() {
    let dir = std::env::var_os("SPARRING_WRITE_FORMATS").map(PathBuf::from);
    let own = tempfile::tempdir().unwrap();
    let dir = dir.as_deref().unwrap_or(own.path());
    for name in NETS {
        let net = load(name, &format!("{name}.safetensors")).0;
        let theirs = read_tensors(golden("formats", &format!("{name}.safetensors"))).unwrap();
        let theirs: Vec<_> =
            theirs.tensors.iter().filter(|(n, _)| !n.ends_with("num_batches_tracked")).collect();
        for ending in ["safetensors", "npz"] {
            let path = dir.join(format!("{name}.{ending}"));
            write(&path, "classifier", &[("", &net)], serde_json::Value::Null).unwrap();
            let ours = read_tensors(&path).unwrap();
            assert_eq!((ours.container, ours.tensors.len()), (ending, theirs.len()));
            for ((n, values), (m, wanted)) in ours.tensors.iter().zip(&theirs) {
                let bits = |v: &TensorValues| format!("{v:?}");
                assert_eq!((n, values.shape(), bits(values)), (m, wanted.shape(), bits(wanted)));
            }
            let again = read(&path).unwrap();
            assert_eq!(again.spec(""), Some(net.graph()));
            let again = again.build("").unwrap();
            assert!(
                again.params.iter().zip(&net.params).all(|(a, b)| a.value.as_slice() == b.value.as_slice())
            );
        }
    }
}

#[test]
fn a_mismatch_names_everything_at_once() {
    let text = std::fs::read_to_string(golden("formats", "mlp.toml")).unwrap();
    let text = text
        .replace("out = 16", "out = 12, name = \"hidden\"")
        .replace("in = 16, out = 8", "in = 12, out = 8");
    let graph: Graph = parse_spec(&text).unwrap();
    let mut net = graph.build::<f32>(Key::new(1)).unwrap();
    let e =
        read(golden("formats", "mlp.safetensors")).unwrap().load_into("", &mut net).unwrap_err().to_string();
    for part in [
        "missing hidden.weight, hidden.bias",
        "unexpected 1.bias, 1.weight",
        "of another shape 3.weight is [8, 16]",
    ] {
        assert!(e.contains(part), "{part}: {e}");
    }
}

#[test]
fn arrays_of_any_type_and_shape_survive_an_archive() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("all.NPZ");
    let doubles = sparring_tensor::Array::<f64>::from_fn([2, 3, 1, 2], |i| i as f64 / 3.0);
    let scalar = sparring_tensor::Array::<f32>::scalar(-0.0);
    let tensors = [
        ("a/ü.weight", doubles.clone().into()),
        ("s", scalar.into()),
        ("labels", TensorValues::labels([3, -1, i64::MIN])),
    ];
    write_tensors(&path, "x", &tensors, serde_json::json!({ "eps": 0.3 })).unwrap();
    let file = read_tensors(&path).unwrap();
    assert_eq!(file.document.as_ref().unwrap().extra["eps"], 0.3);
    for (name, values) in &tensors {
        assert_eq!(format!("{:?}", file.get(name).unwrap()), format!("{values:?}"));
    }
    let bytes = std::fs::read(&path).unwrap();
    write_tensors(dir.path().join("b.npz"), "x", &tensors, serde_json::json!({ "eps": 0.3 })).unwrap();
    assert_eq!(std::fs::read(dir.path().join("b.npz")).unwrap(), bytes, "equal tensors make equal files");
}
