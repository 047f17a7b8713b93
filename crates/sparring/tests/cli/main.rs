//! The command as its users meet it: what it prints, writes, refuses and leaves behind. On a few images or epochs, so that all is over soon.
#![cfg(feature = "cli")]

mod adv_gan;
mod classes;
mod coders;
mod data;
mod diagnosing;
mod eval;
#[cfg(unix)]
mod evaluations;
mod exporting;
mod files;
mod flags;
mod generated;
mod judging;
mod leftovers;
mod lists;
mod models;
mod numbers;
mod onnx;
mod pages;
mod predict;
#[cfg(unix)]
mod resuming;
mod rules;
mod runs;
#[cfg(unix)]
mod signals;
mod sizes;
mod small;
mod specs;
mod steering;
#[cfg(unix)]
mod studies;
mod suites;
#[cfg(unix)]
mod sweeps;
mod writing;

use serde_json::Value;
use sparring::datasets::idx::{Idx, IdxValues, Packing, write};
use sparring::models::{ArticleGan, ClassifierNet, Gan, Mlp};
use sparring::seed::Key;
use sparring::store;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A new, empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// The command in a folder, without the environment's say on data, threads and proxies.
fn command(dir: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sparring"));
    command.args(line.split_whitespace()).current_dir(dir);
    for name in ["SPARRING_DATA", "RAYON_NUM_THREADS", "http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    command
}

fn ran(dir: &Path, line: &str) -> Output {
    command(dir, line).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("stderr is text")
}

/// What a command that succeeds prints.
#[track_caller]
fn printed(dir: &Path, line: &str) -> String {
    let out = ran(dir, line);
    assert!(out.status.success(), "{line}: {}", said(&out));
    String::from_utf8(out.stdout).expect("stdout is text")
}

/// The last line of stdout of a command that succeeds.
#[track_caller]
fn object(dir: &Path, line: &str) -> Value {
    serde_json::from_str(printed(dir, line).lines().last().expect("a line")).unwrap()
}

/// What a command that fails says; nothing is on stdout.
#[track_caller]
fn refusal(dir: &Path, line: &str, code: i32) -> String {
    let out = ran(dir, line);
    let text = said(&out);
    assert_eq!(out.status.code(), Some(code), "{line}: {text}");
    assert!(!text.contains("panicked") && out.stdout.is_empty(), "{line}: {text}");
    text
}

#[track_caller]
fn number(v: &Value, key: &str) -> f64 {
    v[key].as_f64().unwrap_or_else(|| panic!("no number `{key}` in {v}"))
}

/// Name and reason of the findings that are raised.
fn raised(report: &Value) -> Vec<(String, String)> {
    let rows = report["findings"].as_array().expect("findings").iter().filter(|f| f["raised"] == true);
    rows.map(|f| [&f["id"], &f["why"]].map(|v| v.as_str().unwrap().to_owned()).into()).collect()
}

/// Everything in a folder, by name.
fn names(dir: &Path) -> Vec<String> {
    let all = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut all: Vec<_> = all.collect();
    all.sort();
    all
}

/// Sixty images of 28 x 28 for training and twenty to judge by, of ten kinds of stripes: `tiny` in the folder.
fn tiny(dir: &Path) {
    let to = dir.join("tiny");
    std::fs::create_dir_all(&to).unwrap();
    for (part, n) in [("train", 60), ("t10k", 20)] {
        let image = |i: usize| {
            (0..784).map(move |p| if (p / 28 + p % 28) % 10 == i % 10 { 200 } else { (p % 7) as u8 })
        };
        let pixels = IdxValues::U8((0..n).flat_map(image).collect());
        let labels = IdxValues::U8((0..n).map(|i| (i % 10) as u8).collect());
        let put = |name: String, idx: Idx| write(&to.join(name), &idx, Packing::Raw).unwrap();
        put(format!("{part}-images-idx3-ubyte"), Idx::new(vec![n, 28, 28], pixels).unwrap());
        put(format!("{part}-labels-idx1-ubyte"), Idx::new(vec![n], labels).unwrap());
    }
}

fn mlp() -> ClassifierNet {
    ClassifierNet::new(Mlp::default().spec(), Key::new(3)).unwrap()
}

fn gan() -> Gan {
    Gan::new(ArticleGan::default().spec(), (0.0, 1.0), Key::new(3)).unwrap()
}

fn save_mlp(path: &Path) {
    store::write(path, "classifier", &[("", &mlp().net)], Value::Null).unwrap();
}

fn save_gan(path: &Path) {
    let gan = gan();
    let networks: [store::Prefixed<'_>; 2] =
        [("generator", &gan.generator), ("discriminator", &gan.discriminator)];
    store::write(path, "gan", &networks, Value::Null).unwrap();
}
