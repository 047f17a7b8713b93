//! Long evaluations: in pieces, stopped and gone on with, and over shards; always the figures of one run.

use crate::{command, folder, names, object, printed, refusal, said, tiny};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What is attacked, and how: two budgets, checks, a curve.
const ATTACK: &str =
    "attack run --attack fgsm,pgd(steps=5),square(queries=20) --eps 0.05,0.1 --curve deepfool --diagnose";
/// Files that are the same bytes whoever made them.
const SAME: [&str; 4] = ["manifest.json", "results.json", "verdicts.csv", "report.html"];

/// A net trained on `tiny` against a budget, which its pages show.
fn net(name: &str) -> PathBuf {
    let dir = folder(name);
    tiny(&dir);
    printed(&dir, "train classifier --data tiny --epochs 2 --defense fgsm-rs(eps=0.02) --out run");
    dir
}

/// Without what no two runs share.
fn timeless(mut object: Value) -> Value {
    fn clear(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("seconds");
                fields.values_mut().for_each(clear);
            }
            Value::Array(items) => items.iter_mut().for_each(clear),
            _ => {}
        }
    }
    clear(&mut object);
    object
}

#[track_caller]
fn same_files(a: &Path, b: &Path) {
    for name in SAME {
        let [one, other] = [a, b].map(|dir| fs::read(dir.join(name)).unwrap());
        assert!(one == other, "{name} of {} and {} differ", a.display(), b.display());
    }
}

/// Pieces that are kept.
fn done(dir: &Path) -> usize {
    let text = fs::read_to_string(dir.join("manifest.json")).unwrap_or_default();
    let manifest: Value = serde_json::from_str(&text).unwrap_or_default();
    manifest["rows"].as_array().map_or(0, |rows| rows.iter().filter(|r| r["state"] == "done").count())
}

#[test]
fn pieces_and_shards_give_the_bytes_of_one_run() {
    let dir = net("evaluations-same");
    let at_once = object(&dir, &format!("{ATTACK} --per-sample v.csv --json"));
    let whole = object(&dir, &format!("{ATTACK} --out whole --piece 7 --json"));
    assert_eq!(timeless(whole.clone()), timeless(at_once));
    assert_eq!(
        fs::read_to_string(dir.join("v.csv")).unwrap(),
        fs::read_to_string(dir.join("whole/verdicts.csv")).unwrap()
    );
    let written: Value = serde_json::from_slice(&fs::read(dir.join("whole/results.json")).unwrap()).unwrap();
    assert_eq!(written, timeless(whole.clone()));
    assert!(
        whole["attacks"].as_array().unwrap().iter().any(|a| a["seconds"].as_f64() > Some(0.0)),
        "{whole}"
    );
    // On other numbers of threads and in chunks of another size.
    for (k, threads) in [(0, 1), (1, 2), (2, 3)] {
        let shard = format!("{ATTACK} --piece 7 --shard {k}/3 --out s{k} --threads {threads} --json");
        let part = object(&dir, &shard);
        assert!(part["n"].as_u64() < whole["n"].as_u64(), "{part}");
        // It says that it is a part, and has no cards, which would be of other images.
        assert_eq!((&part["shard"], part["cards"].as_array().unwrap().len()), (&format!("{k}/3").into(), 0));
        let page = fs::read_to_string(dir.join(format!("s{k}/report.html"))).unwrap();
        assert!(page.contains(&format!("shard {k}/3, ")));
        let unmade = part["findings"].as_array().unwrap().iter().filter(|f| f["value"].is_null());
        assert!(k == 0 || unmade.clone().all(|f| f["why"] == "not examined: another shard has the checks"));
        assert!(refusal(&dir, &format!("replay s{k}"), 1).contains("there is none"));
    }
    // Where shards are merged the model need not be.
    fs::rename(dir.join("run"), dir.join("elsewhere")).unwrap();
    let merged = object(&dir, "merge all s2 s0 s1 --json");
    fs::rename(dir.join("elsewhere"), dir.join("run")).unwrap();
    assert_eq!((&merged["images"], &merged["shards"]), (&whole["n"], &3.into()));
    same_files(&dir.join("all"), &dir.join("whole"));
    // The cards are those of the whole, and hold.
    assert_eq!(object(&dir, "replay all --json")["same"], true);
    assert!(whole["shard"].is_null());
    let seen = object(&dir, "inspect all --json");
    assert_eq!(
        (&seen["kind"], &seen["done"], &seen["open"]),
        (&"evaluation".into(), &seen["total"], &0.into())
    );
    // The same command again has nothing left to do, nor has resume.
    for line in [format!("{ATTACK} --out whole --piece 7 --json"), "resume whole --json".to_string()] {
        assert_eq!(timeless(object(&dir, &line)), timeless(whole.clone()));
    }
}

#[test]
fn shards_that_are_not_one_whole_are_refused() {
    let dir = net("evaluations-shards");
    let line = |more: &str| format!("attack run --attack fgsm --eps 0.05 --piece 8 {more}");
    for k in [0, 1] {
        printed(&dir, &line(&format!("--shard {k}/2 --out s{k}")));
    }
    printed(&dir, &format!("{} --seed 2", line("--shard 1/2 --out seed")));
    printed(&dir, &line("--eps 0.1 --shard 1/2 --out eps").replace("--eps 0.05 ", ""));
    for (line, told) in [
        ("merge m s0", "these are missing: 1/2"),
        ("merge m s0 s1 s1", "both shard 1/2"),
        ("merge m s0 seed", "`\"key\": "),
        ("merge m s0 eps", "configurations differ (SHA-256 "),
        ("merge s0 s0 s1", "not empty"),
        ("merge m s0 run", "no manifest.json"),
    ] {
        let text = refusal(&dir, line, 1);
        assert!(text.contains(told), "{line}: {text}");
    }
    assert!(!dir.join("m").exists());
    let manifest = dir.join("s1/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(
        &manifest,
        text.replacen("\"fooled\":[false", "\"fooled\":[true", 1).replacen("\"n\": ", "\"n\":  ", 1),
    )
    .unwrap();
    assert!(refusal(&dir, "merge m s0 s1", 1).contains("damaged"));
}

#[test]
fn a_directory_holds_one_evaluation() {
    let dir = net("evaluations-place");
    let line = "attack run --attack fgsm --eps 0.05 --piece 8 --out e";
    printed(&dir, line);
    for (line, code, told) in [
        (
            "attack run --attack pgd --eps 0.05 --piece 8 --out e",
            1,
            "holds another evaluation, `sparring attack run --attack fgsm",
        ),
        ("attack run --attack fgsm --eps 0.05 --piece 8 --out e --shard 0/2", 1, "it holds shard 0/1"),
        ("attack run --attack fgsm --eps 0.05 --out run", 1, "not empty"),
        ("attack run --attack fgsm --shard 0/2", 2, "--out"),
        ("attack run --attack fgsm --piece 8", 2, "--out"),
        ("attack run --attack fgsm --shard 2/2 --out f", 2, "0 to 1"),
        ("attack run --attack fgsm --shard 0/1000 --out f", 2, "fewer shards"),
        ("attack run --attack fgsm --out f --save x.npz", 2, "--save"),
        ("attack run --attack fgsm --piece 0 --out f", 2, "--piece"),
        ("resume e --save-every 3", 2, "--save-every"),
    ] {
        let text = refusal(&dir, line, code);
        assert!(text.contains(told), "{line}: {text}");
    }
    assert!(!dir.join("f").exists());
    // The same said otherwise, and data that have moved.
    let whole = dir.join("run");
    let other =
        format!("attack {} --attack FGSM --eps 1/20 --piece 8 --batch 3 --seed 1 --out e", whole.display());
    printed(&dir, &other);
    fs::rename(dir.join("tiny"), dir.join("moved")).unwrap();
    printed(&dir, "resume e --data moved --json");
    fs::rename(dir.join("moved"), dir.join("tiny")).unwrap();
    // Other weights under the same name are another model.
    let weights = dir.join("run/model.safetensors");
    let old = fs::read(&weights).unwrap();
    fs::remove_dir_all(dir.join("run")).unwrap();
    printed(&dir, "train classifier --data tiny --epochs 1 --out run");
    assert!(refusal(&dir, line, 1).contains("`model` has other contents than it was begun with"));
    fs::write(&weights, old).unwrap();
    printed(&dir, line);
}

/// Starts the command and lets it go on until that many pieces are kept.
fn started(dir: &Path, line: &str, pieces: usize) -> Child {
    let before = done(&dir.join("e"));
    let child = command(dir, line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while done(&dir.join("e")) < before + pieces {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing is kept");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

#[test]
fn what_was_stopped_goes_on() {
    let dir = net("evaluations-stopped");
    // Long enough to be stopped in its midst.
    let line = "attack run --attack pgd(steps=4000,restarts=10,stop=never) --eps 0.001 --n 12 --piece 2";
    let into = |out: &str| format!("{line} --out {out}");
    printed(&dir, &into("whole"));
    let mut killed = started(&dir, &into("e"), 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let kept = done(&dir.join("e"));
    assert!((1..6).contains(&kept), "{kept} of 6 pieces");
    let ended = started(&dir, &into("e"), 1);
    assert!(Command::new("kill").args(["-INT", &ended.id().to_string()]).status().unwrap().success());
    let out = ended.wait_with_output().unwrap();
    let text = said(&out);
    assert_eq!(out.status.code(), Some(130), "{text}");
    assert!(text.contains(&format!("going on: {kept} of 6 pieces are finished")), "{text}");
    assert!(
        text.contains("of 6 pieces are finished; the same command, or `sparring resume e`, goes on"),
        "{text}"
    );
    assert!(names(&dir.join("e")).iter().all(|n| !n.starts_with('.')), "{:?}", names(&dir.join("e")));
    assert!(refusal(&dir, "merge m e", 1).contains("unfinished"));
    printed(&dir, "resume e --threads 1");
    same_files(&dir.join("e"), &dir.join("whole"));
}
