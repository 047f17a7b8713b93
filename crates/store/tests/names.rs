//! Names and types that other programs choose.

use crate::foreign_file::{floats, foreign};
use safetensors::Dtype::{self, BF16, F16, F32, F64, I64};
use sparring_nn::{Graph, Network, layers};
use sparring_seed::Key;
use sparring_store::{LoadNote, Naming, Renames, StoreError, TensorFile, Weights, layout};

/// 4-3-2, its layers called `1` and `3`.
fn spec() -> Graph {
    let relu = layers::activation(&"relu".parse().unwrap());
    Graph::chain([1, 2, 2], vec![layers::flatten(), layers::linear(4, 3), relu, layers::linear(3, 2)])
}

fn net() -> Network<f32> {
    spec().build(Key::new(1)).unwrap()
}

fn values(net: &Network<f32>) -> Vec<(String, Vec<f32>)> {
    let mut all = Vec::new();
    for p in &net.params {
        let name = p.name();
        all.push((name.to_string(), p.value.as_slice().to_vec()));
    }
    all
}

/// The four tensors under other names.
fn named(first: &str, last: &str) -> Weights {
    let [w1, b1, w2, b2] = [(first, "weight"), (first, "bias"), (last, "weight"), (last, "bias")]
        .map(|(layer, leaf)| format!("{layer}.{leaf}"));
    let tensors: [(&str, Dtype, &[usize], Vec<u8>); 4] = [
        (&w1, F32, &[3, 4], floats(1, 12)),
        (&b1, F32, &[3], floats(2, 3)),
        (&w2, F32, &[2, 3], floats(3, 6)),
        (&b2, F32, &[2], floats(4, 2)),
    ];
    Weights::parse(&foreign(&tensors)).unwrap()
}

fn loaded(weights: &Weights, naming: Naming<'_>) -> (Vec<(String, Vec<f32>)>, Vec<LoadNote>) {
    let mut net = net();
    let notes = weights.load_named("", &mut net, naming).unwrap();
    (values(&net), notes)
}

#[test]
fn every_way_to_names_gives_the_same_network() {
    let (truth, notes) = loaded(&named("1", "3"), Naming::Same);
    assert!(notes.is_empty());
    assert_eq!(truth[1], ("1.bias".to_string(), vec![31.25, 31.265_625, 31.281_25]));
    for (first, last, prefix) in [
        ("module.1", "module.3", "module."),
        ("_orig_mod.1", "_orig_mod.3", "_orig_mod."),
        ("module._orig_mod.1", "module._orig_mod.3", "module._orig_mod."),
        ("model.1", "model.3", "model."),
        ("module.net.seq.1", "module.net.seq.3", "module.net.seq."),
    ] {
        let (values, notes) = loaded(&named(first, last), Naming::Same);
        assert_eq!(values, truth, "{first}");
        assert_eq!(notes, [LoadNote::Unwrapped { prefix: prefix.into() }]);
        assert!(notes[0].to_string().contains(prefix));
    }
    let rules = Renames::parse("fc1 = 1\nfc2 = 3").unwrap();
    for (first, last) in [("fc1", "fc2"), ("module.fc1", "module.fc2")] {
        let (values, notes) = loaded(&named(first, last), Naming::Renamed(&rules));
        assert_eq!(values, truth, "{first}");
        assert!(notes.last().unwrap().to_string().contains("fc1.bias -> 1.bias"), "{notes:?}");
        assert_eq!(loaded(&named(first, last), Naming::ByOrder).0, truth, "{first}");
    }
    // Shapes decide before the order of names does.
    let (values, notes) = loaded(&named("z", "a"), Naming::ByOrder);
    assert_eq!(values, truth);
    assert!(matches!(&notes[0], LoadNote::ByOrder { alike, .. } if alike.is_empty()));
    assert!(named("fc1", "fc2").fits(&layout(&spec(), ""), Naming::ByOrder));
    assert!(named("fc1", "fc2").fits_one_way(&layout(&spec(), "")));
    let twice = Graph::chain([1, 1, 2], vec![layers::flatten(), layers::linear(2, 2), layers::linear(2, 2)]);
    let square: Vec<_> =
        ["in.weight", "out.weight"].map(|name| (name, F32, &[2, 2][..], floats(1, 4))).into();
    let biases: Vec<_> = ["in.bias", "out.bias"].map(|name| (name, F32, &[2][..], floats(2, 2))).into();
    let alike = Weights::parse(&foreign(&[square, biases].concat())).unwrap();
    let wanted = layout(&twice, "");
    assert!(alike.fits(&wanted, Naming::ByOrder) && !alike.fits_one_way(&wanted));
    let notes = alike.load_named("", &mut twice.build(Key::new(1)).unwrap(), Naming::ByOrder).unwrap();
    assert!(notes[0].to_string().contains("warning: of equal shapes"), "{}", notes[0]);
    assert!(!named("fc1", "fc2").fits(&layout(&spec(), ""), Naming::Same));
}

#[test]
fn names_that_do_not_fit_change_nothing_and_show_both_lists() {
    let weights = named("fc1", "fc2");
    let mut net = net();
    let before = values(&net);
    let e = weights.load_into("", &mut net).unwrap_err();
    let lists = e.side_by_side(24).unwrap();
    assert_eq!(
        lists,
        "the file           the network\nfc1.weight [3, 4]  1.weight [3, 4]\nfc1.bias [3]       1.bias [3]\n\
         fc2.weight [2, 3]  3.weight [2, 3]\nfc2.bias [2]       3.bias [2]"
    );
    for (rules, says) in [
        ("fc1 = 1", "missing 3.weight, 3.bias"),
        ("fc1 = 1\nfc2 = 3\nfc9 = 5", "no tensor of the file is called `fc9`"),
        ("fc1 = 3\nfc2 = 1", "of another shape"),
        ("fc1 = 1\nfc2.bias = 1.bias\nfc2.weight = 3.weight", "two tensors would be called `1.bias`"),
    ] {
        let rules = Renames::parse(rules).unwrap();
        let e = weights.load_named("", &mut net, Naming::Renamed(&rules)).unwrap_err().to_string();
        assert!(e.contains(says), "{e}");
    }
    let other = Graph::chain([1, 2, 2], vec![layers::flatten(), layers::linear(4, 2)]);
    let e =
        weights.load_named("", &mut other.build::<f32>(Key::new(1)).unwrap(), Naming::ByOrder).unwrap_err();
    assert!(matches!(e, StoreError::Names { .. }), "{e}");
    assert_eq!(values(&net), before);
}

#[test]
fn halves_and_doubles_are_read_and_told_and_what_does_not_fit_is_refused() {
    let f16 = |v: [u16; 3]| v.iter().flat_map(|b| b.to_le_bytes()).collect::<Vec<u8>>();
    let doubles: Vec<u8> = [0.1f64, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    let tensors: [(&str, Dtype, &[usize], Vec<u8>); 4] = [
        ("1.bias", F16, &[3], f16([0x3c00, 0xc000, 0x3555])),
        ("1.weight", BF16, &[3], f16([0x3f80, 0xbfc0, 0x0000])),
        ("3.bias", F64, &[2], doubles),
        ("empty", F32, &[0], Vec::new()),
    ];
    let bytes = foreign(&tensors);
    let weights = Weights::parse(&bytes).unwrap();
    let get = |name: &str| weights.get(name).unwrap().as_slice().to_vec();
    assert_eq!(get("1.bias"), [1.0, -2.0, 0.333_251_95]);
    assert_eq!(get("1.weight"), [1.0, -1.5, 0.0]);
    assert_eq!(get("3.bias"), [0.1f32, -2.0]);
    assert!(weights.get("empty").is_none(), "a tensor without numbers is no weight");
    let told = weights.notes().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for says in
        ["1 tensors of type F16", "1 tensors of type BF16", "F64 are rounded", "without a number: empty"]
    {
        assert!(told.contains(says), "{told}");
    }
    let file = TensorFile::parse(&bytes).unwrap();
    assert_eq!((file.tensors.len(), file.converted.len()), (4, 2));
    for (dtype, shape, bytes, says) in [
        (F16, vec![1], vec![0, 0x7c], "number 0 is infinite"),
        (BF16, vec![1], vec![0xc0, 0x7f], "number 0 is infinite or NaN"),
        (F64, vec![1], 1e300f64.to_le_bytes().to_vec(), "too large for F32"),
        (I64, vec![1], 1i64.to_le_bytes().to_vec(), "numbers of type I64"),
        (Dtype::BOOL, vec![1], vec![1], "numbers of type BOOL"),
        (Dtype::I8, vec![1], vec![1], "numbers of type I8"),
    ] {
        let e = Weights::parse(&foreign(&[("a", dtype, &shape, bytes)])).unwrap_err().to_string();
        assert!(e.contains("`a`") && e.contains(says), "{e}");
    }
}
