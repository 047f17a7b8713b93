//! Studies of activations: one process, shards and kills all end in the same figures.

use crate::{command, folder, object, ran, refusal, said, tiny};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

/// Two activations and two defences on 60 small images.
const STUDY: &str = "study activations --activations relu,tanh --defenses none,pgd(steps=2) --data tiny --arch mlp \
                     --epochs 1 --seeds 2 --n 20 --n-suite 5 --eps 0.1";

/// What shards, merges and resumed studies have to write as one process does.
const FIGURES: [&str; 4] = ["study.json", "manifest.json", "results.csv", "results.json"];

/// The page without the seconds on it, which are measured.
fn page(dir: &Path) -> String {
    let text = std::fs::read_to_string(dir.join("report.html")).unwrap();
    let pieces =
        text.split("\u{a0}s<").map(|piece| piece.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.'));
    pieces.collect::<Vec<_>>().join("s<")
}

#[track_caller]
fn same(a: &Path, b: &Path) {
    for name in FIGURES {
        let read = |dir: &Path| std::fs::read(dir.join(name)).unwrap();
        assert!(read(a) == read(b), "{name} of {} and {}", a.display(), b.display());
    }
    assert!(page(a) == page(b), "report.html of {} and {}", a.display(), b.display());
}

#[test]
fn one_process_shards_and_a_kill_write_the_same_figures() {
    let dir = folder("study-activations");
    tiny(&dir);
    let whole = object(&dir, &format!("{STUDY} --out whole --json"));
    assert_eq!((&whole["cells"], &whole["done"]), (&8.into(), &8.into()));
    assert!(dir.join(whole["report"].as_str().unwrap()).is_file());
    let rows = whole["rows"].as_array().unwrap();
    let of = |row: &Value| format!("{} {} {}", row["activation"], row["defense"], row["seed"]);
    assert_eq!(of(&rows[3]), "\"relu\" \"pgd(steps=2)\" 2");
    for row in rows {
        assert!(row["seconds"].as_f64().unwrap() > 0.0 && row["clean"].as_f64().is_some(), "{row}");
        let names: Vec<&str> =
            row["attacks"].as_array().unwrap().iter().map(|a| a["attack"].as_str().unwrap()).collect();
        assert_eq!(names, ["fgsm", "pgd", "autoattack"]);
        assert!(row["gradients"].as_array().unwrap().len() == 3 && row["noise"].as_f64().is_some(), "{row}");
        assert_eq!(row["suite"]["curve"].as_array().unwrap().len(), 21);
    }
    let claims = whole["statements"].as_array().unwrap();
    assert!(claims.iter().any(|c| c["claim"].as_str().unwrap().contains("`tanh` masks")));

    // The figures of a net are those of the commands on its run; the defence has the budget of the study.
    let cell = format!("whole/cells/{}", rows[7]["cell"].as_str().unwrap());
    let suite = object(&dir, &format!("attack {cell} --suite standard --eps 0.1 --n 5 --json"));
    assert_eq!(rows[7]["attacks"][2]["accuracy"], suite["robust_accuracy"]);
    let net = object(&dir, &format!("study net {cell} --n 20 --json"));
    assert_eq!((&net["dead"], &net["noise"]), (&rows[7]["dead"], &rows[7]["noise"]));
    assert!((net["curvature"].as_f64().unwrap() - 4.0 / 27f64.sqrt()).abs() < 1e-9, "max |tanh''|: {net}");
    let config = std::fs::read_to_string(dir.join(&cell).join("config.json")).unwrap();
    assert!(config.contains("pgd(eps=0.1, steps=2)"), "{config}");

    for index in 0..2 {
        object(&dir, &format!("{STUDY} --out s{index} --shard {index}/2 --jobs 1 --json"));
    }
    object(&dir, "merge all s1 s0 --json");
    same(&dir.join("whole"), &dir.join("all"));

    // A kill in the middle, then the one command that needs no flags.
    let mut child = command(&dir, &format!("{STUDY} --out killed --jobs 1"));
    let mut child = child.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !lines.next().expect("a line").unwrap().contains("is finished") {}
    child.kill().unwrap();
    child.wait().unwrap();
    let first = dir.join("killed/cells").join(rows[0]["cell"].as_str().unwrap()).join("model.safetensors");
    let written = || first.metadata().unwrap().modified().unwrap();
    let before = written();
    let resumed = ran(&dir, "resume killed --json");
    let told = said(&resumed);
    assert!(resumed.status.success() && told.contains("is finished"), "{told}");
    assert_eq!(written(), before, "a finished net is not trained again");
    same(&dir.join("whole"), &dir.join("killed"));
    // Another study does not go on there.
    let other = refusal(&dir, &format!("{} --out whole", STUDY.replace("--epochs 1", "--epochs 2")), 1);
    assert!(other.contains("another study") && other.contains("--out"), "{other}");
}

#[test]
fn wrong_names_are_refused_before_anything_is_trained() {
    let dir = folder("study-refused");
    tiny(&dir);
    for (flags, told) in [
        ("--activations rellu", "did you mean `relu`"),
        ("--activations relu,relu", "named twice"),
        ("--defenses pdg", "did you mean `pgd`"),
        ("--attacks fgms", "did you mean `fgsm`"),
        ("--arch mpl", "did you mean `mlp`"),
        ("--data tiny --n 21", "20 test images"),
        ("--data tiny --n-suite 21", "20 test images"),
        ("--preset fast", "quick"),
        ("--seeds 0", "1 or above"),
        ("--data tiny --arch mlp(activation=tanh)", "activation"),
    ] {
        let text = refusal(&dir, &format!("study activations --out a {flags}"), 2);
        assert!(text.contains(told), "{flags}: {text}");
        assert!(!dir.join("a").exists(), "{flags}");
    }
    let text = refusal(&dir, "study net nowhere", 1);
    assert!(text.contains("nowhere") && text.contains("sparring train classifier"), "{text}");
}
