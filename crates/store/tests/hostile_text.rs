//! Random text in every place where a file has text: no message of this crate holds a character that a terminal acts on.

use sparring_seed::{Key, Stream};
use sparring_store::terminal::{LINE, is_hidden};
use sparring_store::{TensorFile, Weights, sha256_hex};

/// Text that tempts a terminal, a tenth of it very long.
fn text(s: &mut Stream) -> String {
    const PIECES: [&str; 14] = [
        "\u{1b}[2J",
        "\u{1b}]0;owned\u{7}",
        "\r",
        "\n",
        "\0",
        "\u{9b}31m",
        "\u{202e}",
        "\u{feff}",
        "\u{7f}",
        "a",
        "é",
        "`",
        "{}",
        "F32",
    ];
    let length = if s.below(10) == 0 { 5000 } else { s.below(12) };
    (0..=length)
        .map(|_| match s.below(4) {
            0 => char::from_u32(s.below(0x3000)).unwrap_or('x').to_string(),
            _ => PIECES[s.below(14) as usize].to_string(),
        })
        .collect()
}

/// A file whose document, if it has one, has the right sum.
fn sealed(header: &serde_json::Value, data: usize) -> Vec<u8> {
    let header = header.to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    let zeros = "0".repeat(64);
    if let Some(at) = bytes.windows(64).position(|w| w == zeros.as_bytes()) {
        let sum = sha256_hex(&bytes);
        bytes[at..at + 64].copy_from_slice(sum.as_bytes());
    }
    bytes
}

#[test]
fn no_message_acts_on_a_terminal() {
    let (mut refused, mut kinds) = (0, std::collections::BTreeSet::new());
    for i in 0..4000u64 {
        let mut s = Key::new(5).rng(i);
        let t = text(&mut s);
        let (mut name, mut dtype, mut field) =
            ("0.weight".to_string(), "F32".to_string(), "shape".to_string());
        let mut meta = serde_json::json!({});
        let document = |kind: &str, prefix: &str, layer: &str, extra: &str, sum: &str| {
            format!(
                r#"{{"format":1,"sha256":{},"kind":{},"networks":[{{"prefix":{},"spec":{{"input":[1,1,2],"layers":[{{"layer":{}}}]}}}}],"extra":{}}}"#,
                serde_json::json!(sum),
                serde_json::json!(kind),
                serde_json::json!(prefix),
                serde_json::json!(layer),
                serde_json::json!(extra)
            )
        };
        let zeros = "0".repeat(64);
        match s.below(10) {
            0 => name = t,
            1 => dtype = t,
            2 => field = t,
            3 => meta = serde_json::json!({ t.as_str(): "{\"format\":1,\"sha256\":\"\"}" }),
            4 => meta = serde_json::json!({ "sparring": t }),
            5 => meta = serde_json::json!({ "sparring": document(&t, "a.b", "flatten", "", &zeros) }),
            6 => meta = serde_json::json!({ "sparring": document("gan", &t, "flatten", &t, &zeros) }),
            7 => meta = serde_json::json!({ "sparring": document("gan", "", &t, "", &zeros) }),
            8 => meta = serde_json::json!({ "sparring": document("gan", "", "flatten", "", &t) }),
            _ => {
                meta = serde_json::json!({ "sparring": document("gan", "", "flatten", "", &zeros), t.as_str(): t })
            }
        }
        let tensor = serde_json::json!({ "dtype": dtype, field.as_str(): [2], "data_offsets": [0, 8] });
        let header = serde_json::json!({ "__metadata__": meta, name: tensor });
        let bytes = sealed(&header, 8);
        let errors = [Weights::parse(&bytes).err(), TensorFile::parse(&bytes).err()];
        for e in errors.into_iter().flatten() {
            let message = e.to_string();
            assert!(!message.chars().any(is_hidden), "file {i}: {message:?}");
            assert!(message.chars().count() < LINE, "file {i}: {} characters", message.chars().count());
            kinds.insert(format!("{e:?}").split(' ').next().unwrap().to_string());
            refused += 1;
        }
    }
    assert!(refused > 3000 && kinds.len() >= 4, "{refused} {kinds:?}");
}
