//! The README's example of a spec is one, with every layer in it.

use sparring_nn::{Graph, Lowering, layers};
use sparring_seed::Key;
use sparring_store::{layout, read, write};

#[test]
fn the_documented_spec_parses_builds_and_comes_back() {
    let readme = include_str!("../README.md");
    let json = readme.split("```json").find(|part| part.contains("\"layers\": [")).unwrap();
    let json = json.split("```").next().unwrap();
    let spec: Graph = serde_json::from_str(json).unwrap();
    let net = spec.build::<f32>(Key::new(1)).unwrap();
    assert_eq!((net.params.len(), layout(&spec, "").len()), (24, 24));
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
    let row = |tag: &str| {
        let start = format!("| `{tag}` |");
        readme.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no row for {tag}"))
    };
    let table = layers::table();
    assert_eq!(table.len(), kinds.len());
    for layer in &table {
        let cells: Vec<&str> = row(layer.entry.name).split('|').map(str::trim).collect();
        // A row may say that its fields are those of another.
        let of = table.iter().find(|other| cells[2].starts_with(&format!("as `{}`", other.entry.name)));
        let told = format!("{} {}", cells[2], of.map_or("", |of| row(of.entry.name)));
        for field in layer.entry.parameters.iter().map(|p| p.field).filter(|f| *f != "bias") {
            assert!(told.contains(&format!("`{field}`")), "{}: no field {field} in {told}", layer.entry.name);
        }
        assert_eq!(cells[4].replace('`', ""), layer.torch, "{}", layer.entry.name);
        let mut own = spec.layers().filter(|l| l.tag() == layer.entry.name);
        assert!(own.all(|l| (l.lower() != Lowering::Tape) == layer.is_compiled()));
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.safetensors");
    write(&path, "classifier", &[("", &net)], serde_json::Value::Null).unwrap();
    assert_eq!(read(&path).unwrap().spec(""), Some(&spec));
}
