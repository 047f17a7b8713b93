//! The README's example of a spec is one, with every layer in it.
#![allow(missing_docs)]

use sparring_nn::Graph;
use sparring_seed::Key;
use sparring_store::{layout, read, write};

#[test]
fn the_documented_spec_parses_builds_and_comes_back() {
    let readme = include_str!("../README.md");
    let json = readme.split("```json").find(|part| part.contains("\"layers\": [")).unwrap();
    let json = json.split("```").next().unwrap();
    let spec: Graph = serde_json::from_str(json).unwrap();
    let net = spec.build::<f32>(Key::new(1)).unwrap();
    assert_eq!((net.params.len(), layout(&spec, "").len()), (17, 17));
    let written = serde_json::to_value(&spec).unwrap();
    let kinds: std::collections::BTreeSet<_> = written["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["layer"].as_str().unwrap().to_string())
        .collect();
    // The error of a wrong name lists all there are.
    let e = serde_json::from_str::<Graph>(r#"{"input":[1,1,1],"layers":[{"layer":"x"}]}"#)
        .unwrap_err()
        .to_string();
    let known: Vec<_> = e.split('`').skip(3).step_by(2).map(String::from).collect();
    assert_eq!(
        kinds.iter().cloned().collect::<Vec<_>>(),
        {
            let mut k = known;
            k.sort();
            k
        },
        "{e}"
    );
    for kind in kinds {
        assert!(readme.contains(&format!("| `{kind}` |")), "no row for {kind}");
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.safetensors");
    write(&path, "classifier", &[("", &net)], serde_json::Value::Null).unwrap();
    assert_eq!(read(&path).unwrap().spec(""), Some(&spec));
}
