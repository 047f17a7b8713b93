//! Changed networks in TOML files.

use crate::memory::{ALONE, bounded};
use crate::mutate::{cases, mutate};
use sparring_seed::Key;
use sparring_store::{MAX_DOCUMENT, parse_spec, spec_text};

const CHAIN: &str = r#"input = [1, 28, 28]
normalize = { mean = [0.1307], std = [0.3081] }
layers = [ { type = "conv2d", in = 1, out = 16, kernel = 4, stride = 2, padding = 1 }, { type = "relu" }, { type = "flatten" },
  { type = "Linear", in_features = 3136, out_features = 100, name = "fc1" }, { type = "leaky_relu", negative_slope = 0.2 }, { type = "linear", in = 100, out = 10, init = "he(gain=2)" } ]
"#;
const GRAPH: &str = r#"input = [2, 4, 4]
outputs = ["7", "stem"]
[[layers]]
type = "Conv2d"
in_channels = 2
out_channels = 4
kernel_size = [3, 1]
padding = [1, 0]
name = "stem"
[[layers]]
type = "layer_norm"
normalized_shape = [4, 4, 4]
[[layers]]
type = "add"
inputs = ["1", "stem"]
[[layers]]
type = "concat"
inputs = ["2", "input"]
[[layers]]
type = "MaxPool2d"
kernel_size = 2
[[layers]]
type = "conv_transpose2d"
in = 6
out = 3
kernel = 3
stride = 2
output_padding = 1
[[layers]]
type = "flatten"
[[layers]]
type = "linear"
in = 108
out = 5
"#;
const TEMPTING: &[&[u8]] = &[
    b"0",
    b"9",
    b"-1",
    b"1e99",
    b"nan",
    b"9999999999",
    b"18446744073709551616",
    b"[",
    b"]",
    b"{",
    b"}",
    b"\"",
    b"=",
    b", ",
    b"\n",
    b"[[layers]]\n",
    b"\"\"\"",
    b"true",
    b"1979-05-27",
    b"inputs = [\"input\"]\n",
    b"{ type = \"relu\" },",
    b"name = \"x\"",
    b"0x7f",
    b"\\u0000",
    b"\xff",
];

/// Whatever is read is a network that this program would build, and comes back from what is written of it.
fn accepted(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Ok(graph) = parse_spec(&text) else { return false };
    assert!(graph.validate().is_ok() && graph.cost().is_ok(), "{text}");
    let written = spec_text(&graph);
    // A file may leave out more spaces than what is written does.
    if written.len() as u64 <= MAX_DOCUMENT {
        assert_eq!(parse_spec(&written).unwrap(), graph, "{text}");
    }
    true
}

#[test]
fn twenty_thousand_changed_networks() {
    let _alone = ALONE.lock();
    let (whole, mut taken) = ([CHAIN, GRAPH], 0);
    for i in 0..cases() {
        let mut s = Key::new(9).rng(i);
        let which = (i % 2) as usize;
        let mut file = whole[which].as_bytes().to_vec();
        mutate(&mut file, whole[1 - which].as_bytes(), TEMPTING, &mut s);
        taken += u64::from(bounded(&file, || accepted(&file)));
    }
    let of = |share: u64| cases() * share / 20_000;
    assert!(taken >= of(100) && taken <= of(10_000), "{taken}");
}

#[test]
fn every_truncation_and_every_flipped_bit_is_read_or_refused() {
    let _alone = ALONE.lock();
    for whole in [CHAIN, GRAPH] {
        assert!(accepted(whole.as_bytes()));
        let mut file = whole.as_bytes().to_vec();
        for bit in 0..file.len() * 8 {
            file[bit / 8] ^= 1 << (bit % 8);
            accepted(&file);
            file[bit / 8] ^= 1 << (bit % 8);
        }
        // The first file ends in its list of layers, so that no beginning of it is whole.
        let cut = (0..file.len() - 1).filter(|&n| accepted(&file[..n])).count();
        assert!(cut == 0 || whole == GRAPH, "{cut}");
    }
}

#[test]
fn files_made_to_blow_up_are_bounded() {
    let _alone = ALONE.lock();
    let head = "input = [4]\nlayers = ";
    for text in [
        format!("{head}[{}]", "[".repeat(100_000)),
        format!("{head}{}", "[".repeat(100_000)),
        format!("{head}[{}]", "{a=".repeat(40_000)),
        format!("{head}[{}]", "0,".repeat(60_000)),
        format!("{head}[{}]", "{},".repeat(40_000)),
        format!("{head}[{}]", r#"{type="relu"},"#.repeat(9_000)),
        format!("{head}[{{ type = \"layer_norm\", shape = [{}] }}]", "9,".repeat(60_000)),
        format!("{head}[{{ type = \"add\", inputs = [{}] }}]", "\"input\",".repeat(13_000)),
        format!("a{} = 1", ".a".repeat(60_000)),
        format!("{head}[{{ type = \"{}\" }}]", "x".repeat(120_000)),
        "a\n".repeat(60_000),
    ] {
        assert!(text.len() <= 128 << 10);
        bounded(text.as_bytes(), || accepted(text.as_bytes()));
    }
}
