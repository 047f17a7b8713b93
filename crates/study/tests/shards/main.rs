//! Shards that are one whole give its bytes; whatever is not one whole is refused by name.
#![allow(missing_docs)]

mod mutated;

use serde_json::{Value, json};
use sparring_store::{read_sealed, write_sealed};
use sparring_study::{CellState, Grid, Inputs, MANIFEST, Manifest, Program, Shard, SweepTable, merge};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const GRID: &str = "train = \"classifier\"\nexclude = [{ lr = 0.1, seed = 3 }]\n\
                    [axes]\ndefense = [\"none\", \"pgd(eps=0.1, steps=3)\"]\nlr = [0.1, 0.01]\nseed = [1, 2, 3]\n\
                    [attack]\nattack = \"fgsm\"\n";

fn inputs(grid: &str) -> Inputs {
    let program = Program { version: "1.2.3".into(), sha256: "ab".repeat(32), isa: "avx2".into() };
    Inputs::new(grid.into(), program, BTreeMap::from([("moons".to_string(), "cd".repeat(32))]))
}

/// What cell `index` comes to.
fn result(index: usize) -> Value {
    let accuracy = 1.0 / (index as f64 + 1.1);
    let attack = json!({ "attack": "fgsm", "norm": "linf", "eps": 0.1, "accuracy": accuracy / 3.0 });
    json!({
        "figures": { "test_accuracy": accuracy, "train_loss": 0.1 * index as f64 }, "warnings": [],
        "attacked": { "n": 20, "clean": accuracy, "attacks": [attack], "worst": [[0.1, accuracy / 3.0]] },
    })
}

fn manifest(grid: &str, shard: &str) -> Manifest {
    let names: Vec<String> = Grid::parse(grid).unwrap().cells().into_iter().map(|cell| cell.name).collect();
    let mut manifest = Manifest::begin(SweepTable::KIND, shard.parse().unwrap(), &names, inputs(grid));
    for row in &mut manifest.rows {
        row.state = CellState::Done { result: result(row.index) };
    }
    manifest
}

/// A shard in a directory of its own.
fn shard(at: &Path, text: &str, change: impl FnOnce(&mut Manifest)) -> PathBuf {
    let mut manifest = manifest(GRID, text);
    change(&mut manifest);
    let directory = at.join(text.replace('/', "-of-"));
    std::fs::create_dir_all(&directory).unwrap();
    manifest.write(&directory).unwrap();
    directory
}

#[test]
fn shards_make_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let whole = manifest(GRID, "0/1");
    let table = SweepTable::of(&whole).unwrap();
    assert_eq!((table.rows.len(), table.groups.len()), (10, 4));
    for n in [1, 2, 3, 7, 12] {
        let mut shards: Vec<PathBuf> =
            (0..n).map(|i| shard(&dir.path().join(n.to_string()), &format!("{i}/{n}"), |_| ())).collect();
        shards.rotate_left(n / 2);
        let merged = merge(&shards).unwrap();
        assert_eq!(merged, whole, "{n}");
        let other = SweepTable::of(&merged).unwrap();
        assert_eq!((other.csv(), other.json().to_string()), (table.csv(), table.json().to_string()));
        assert_eq!(other.page().to_html(), table.page().to_html());
    }
}

#[test]
fn the_table_says_what_was_measured() {
    let mut whole = manifest(GRID, "0/1");
    whole.rows[1].state = CellState::Failed { reason: "the loss is \"inf\", at step 3".into() };
    whole.rows[4].state = CellState::Open;
    let table = SweepTable::of(&whole).unwrap();
    // Seeds 1 and 2 of the first group, of which the second failed.
    let first = &table.groups[0];
    assert_eq!((first.values.join(" "), first.n), ("none 0.1".to_string(), 1));
    assert_eq!(first.figures["test_accuracy"], (1, 1.0 / 1.1, None));
    let second = &table.groups[1];
    let (a, b) = (1.0 / 3.1, 1.0 / 4.1);
    let (n, mean, std) = second.figures["clean"];
    assert_eq!((second.values.join(" "), second.n, n), ("none 0.01".to_string(), 2, 2));
    assert!((mean - (a + b) / 2.0).abs() < 1e-15 && (std.unwrap() - (a - b) / 2.0_f64.sqrt()).abs() < 1e-15);
    let csv = table.csv();
    let mut lines = csv.lines();
    let header = "cell,defense,lr,seed,state,test_accuracy,train_loss,clean,fgsm@0.1,worst@0.1";
    assert_eq!(lines.next(), Some(header));
    let name = &whole.rows[1].name;
    assert_eq!(lines.nth(1).unwrap(), format!("{name},none,0.1,2,failed,,,,,"));
    assert!(csv.contains(",\"pgd(eps=0.1, steps=3)\",0.1,1,done,0."), "{csv}");
    let json = table.json();
    assert_eq!(json["rows"][1]["reason"], "the loss is \"inf\", at step 3");
    assert!(json["rows"][1].get("figures").is_none());
    assert_eq!(json["rows"][0]["attacks"][0]["eps"], 0.1);
    assert_eq!(json["groups"][0]["axes"], json!({ "defense": "none", "lr": "0.1" }));
    let page = table.page().to_html();
    assert!(page.contains("1 failed") || page.contains("failed."), "the page names it");
    assert!(page.contains("&quot;inf&quot;") && page.contains("cells are open"), "{}", &page[..200]);
}

#[test]
fn a_page_says_what_it_leaves_out() {
    let rates: Vec<usize> = (1..=502).collect();
    let text = |rates: &[usize]| format!("train = \"classifier\"\n[axes]\nlr = {rates:?}\nseed = [1]\n");
    let page = |rates: &[usize]| SweepTable::of(&manifest(&text(rates), "0/1")).unwrap().page().to_html();
    let cut = page(&rates);
    for file in ["results.json", "results.csv"] {
        assert!(
            cut.contains(&format!("2 more are in `{file}`"))
                || cut.contains(&format!("2 more are in <code>{file}</code>")),
            "{file}"
        );
    }
    assert!(!page(&rates[..500]).contains("more are in"));
}

#[test]
fn what_is_no_whole_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let [a, b, c] = ["0/3", "1/3", "2/3"].map(|text| shard(at, text, |_| ()));
    let other = |name: &str, text: &str, change: &dyn Fn(&mut Manifest)| shard(&at.join(name), text, change);
    let refused = |shards: &[&PathBuf], words: &[&str]| {
        let shards: Vec<PathBuf> = shards.iter().map(|p| (*p).clone()).collect();
        let told = merge(&shards).unwrap_err().to_string();
        assert!(words.iter().all(|word| told.contains(word)) && !told.contains('\n'), "{words:?}: {told}");
    };
    refused(&[], &["nothing to merge"]);
    refused(&[&a, &c], &["1/3", "missing", "--shard"]);
    refused(&[&b], &["0/3, 2/3"]);
    refused(&[&a, &b, &b, &c], &["both shard 1/3", "1-of-3"]);
    refused(&[&a, &b, &c, &other("again", "2/3", &|_| ())], &["both shard 2/3", "again"]);
    refused(&[&a, &b, &at.join("nowhere")], &["nowhere", "manifest.json", "not the directory of a shard"]);
    refused(&[&a, &other("count", "1/4", &|_| ()), &c], &["0/3", "1/4", "same count"]);
    let grid = other("grid", "1/3", &|m| m.inputs = inputs(&format!("{GRID}# changed\n")));
    refused(&[&a, &grid, &c], &["grid", "configurations differ", "; line ", "same one"]);
    let change = |what: fn(&mut Inputs)| move |m: &mut Manifest| what(&mut m.inputs);
    let version = other("version", "1/3", &change(|i| i.program.version = "1.2.4".into()));
    refused(&[&a, &version, &c], &["programs differ", "1.2.4"]);
    let build = other("build", "1/3", &change(|i| i.program.sha256 = "ef".repeat(32)));
    refused(&[&a, &build, &c], &["programs differ", "efef", "abab"]);
    let isa = other("isa", "1/3", &change(|i| i.program.isa = "avx512".into()));
    refused(&[&a, &isa, &c], &["instruction sets differ", "avx512", "SPARRING_ISA"]);
    let data = other("data", "1/3", &change(|i| drop(i.data.insert("moons".into(), "0".into()))));
    refused(&[&a, &data, &c], &["the data `moons` differ"]);
    let more = other("more", "1/3", &change(|i| drop(i.data.insert("rings".into(), "0".into()))));
    refused(&[&a, &more, &c], &["the data `rings` differ"]);
    let kind = other("kind", "1/3", &|m| m.kind = "attack".into());
    refused(&[&a, &kind, &c], &["`sweep`", "`attack`"]);
    let open = other("open", "1/3", &|m| m.rows[1].state = CellState::Open);
    let name = &manifest(GRID, "1/3").rows[1].name;
    refused(&[&a, &open, &c], &["open", "1 of 3 cells are unfinished", name, "goes on"]);
    let failed =
        other("failed", "1/3", &|m| m.rows[2].state = CellState::Failed { reason: "it blew up".into() });
    refused(&[&a, &failed, &c], &["failed", "1 of 3 cells failed", "it blew up", "exclude"]);
}

/// Manifests with a right checksum that make no sense: nobody but an attacker writes them.
#[test]
fn what_makes_no_sense_is_refused_behind_a_right_checksum() {
    let dir = tempfile::tempdir().unwrap();
    let good = shard(dir.path(), "1/3", |_| ());
    let value: Value = read_sealed(good.join(MANIFEST)).unwrap();
    type Change = fn(&mut Value);
    let strange: [(&str, Change); 12] = [
        ("format 2", |v| v["format"] = json!(2)),
        ("format 0", |v| drop(v.as_object_mut().unwrap().remove("format"))),
        ("shard", |v| v["shard"]["count"] = json!(0)),
        ("shard", |v| v["shard"]["index"] = json!(3)),
        ("rows", |v| v["shard"]["index"] = json!(2)),
        ("rows", |v| v["total"] = json!(u64::MAX)),
        ("rows", |v| drop(v["rows"].as_array_mut().unwrap().pop())),
        ("rows", |v| v["rows"][0]["index"] = json!(4)),
        ("name", |v| v["rows"][0]["name"] = json!("../../elsewhere")),
        ("name", |v| v["rows"][0]["name"] = json!("")),
        ("hash", |v| v["inputs"]["plan"] = json!("train = \"gan\"")),
        ("cannot be used", |v| v["rows"][0]["state"] = json!("excellent")),
    ];
    for (word, change) in strange {
        let mut value = value.clone();
        value.as_object_mut().unwrap().remove("sha256");
        change(&mut value);
        write_sealed(good.join(MANIFEST), &value).unwrap();
        let told = Manifest::read(&good).unwrap_err().to_string();
        assert!(told.contains(word) && told.contains(MANIFEST), "{word}: {told}");
    }
    // Rows that are not those of the grid beside them.
    for change in [|m: &mut Manifest| m.rows[0].name = "another".into(), |m: &mut Manifest| m.total = 11] {
        let mut whole = manifest(GRID, "0/1");
        change(&mut whole);
        assert!(SweepTable::of(&whole).unwrap_err().to_string().contains("cannot be used"));
    }
    let mut whole = manifest(GRID, "0/1");
    whole.rows[0].state = CellState::Done { result: json!({ "figures": [] }) };
    assert!(SweepTable::of(&whole).unwrap_err().to_string().contains(&whole.rows[0].name));
    assert!(Shard::new(0, 0).is_err() && Shard::new(2, 2).is_err());
}
