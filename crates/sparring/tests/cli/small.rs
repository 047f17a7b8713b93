//! The small commands as a user meets them: what they print, where, and how they end.

use crate::{folder, object, printed, refusal, save_gan, save_mlp};
use sparring::datasets;
use sparring::datasets::idx::{Idx, IdxValues, Packing, write};
use std::path::Path;

/// The reason of a command that could not be done: one line.
#[track_caller]
fn reason(dir: &Path, line: &str) -> String {
    let text = refusal(dir, line, 1);
    assert!(text.lines().count() == 1 && text.starts_with("sparring: "), "{line}: {text}");
    text
}

#[test]
fn wrong_usage_ends_with_2() {
    let dir = folder("small-usage");
    for line in [
        "list activations --jsn",
        "list flavours",
        "list",
        "inspect",
        "generate run -n 0",
        "generate run -n 1000000000",
        "fetch cifar-10",
        "fetch mnist-10k",
        "fetch mnist --from a --mirror http://b/",
        "fetch mnist --mirror ftp://b/",
        "flee",
    ] {
        refusal(&dir, line, 2);
    }
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0, "nothing is written");
    assert!(refusal(&dir, "fetch cifar-10", 2).contains("fashion-mnist"));
}

#[test]
fn completions_know_the_commands() {
    let dir = folder("small-completions");
    for shell in ["bash", "zsh", "fish"] {
        let text = printed(&dir, &format!("completions {shell}"));
        for word in ["train", "attack", "generate", "inspect", "autoencoder"] {
            assert!(text.contains(word), "{shell} does not complete {word}");
        }
    }
}

#[test]
fn inspect_names_what_is_wrong() {
    let dir = folder("small-inspect-errors");
    let refused = |path: &str, why: &str| {
        let text = reason(&dir, &format!("inspect {path}"));
        assert!(text.contains(path) && text.contains(why), "{text}");
    };
    refused("absent.safetensors", "");
    std::fs::create_dir(dir.join("empty")).unwrap();
    refused("empty", "config.json");
    std::fs::write(dir.join("page.html"), "<!doctype html>").unwrap();
    refused("page.html", "a web page");
    std::fs::write(dir.join("short.safetensors"), b"\x01\x02\x03").unwrap();
    refused("short.safetensors", "3 bytes");
    std::fs::write(dir.join("t10k-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 9, 1, 2]).unwrap();
    refused("t10k-labels-idx1-ubyte", "cut short");

    save_mlp(&dir.join("whole.safetensors"));
    let mut bytes = std::fs::read(dir.join("whole.safetensors")).unwrap();
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    std::fs::write(dir.join("changed.safetensors"), bytes).unwrap();
    refused("changed.safetensors", "SHA-256");
}

#[test]
fn inspect_shows_what_there_is() {
    let dir = folder("small-inspect");
    save_mlp(&dir.join("model.safetensors"));
    let look = |path: &str| object(&dir, &format!("inspect {path} --json"));
    let object = look("model.safetensors");
    assert_eq!((&object["model"], &object["checksum"]), (&"classifier".into(), &"verified".into()));
    assert_eq!(object["networks"][0]["parameters"], 109_386);
    assert_eq!(object["tensors"].as_array().unwrap().len(), 6);
    let text = printed(&dir, "inspect model.safetensors");
    assert!(text.contains("109386") && text.contains("linear"), "{text}");

    let config = r#"{"command":"train classifier","recipe":{"epochs":2},"spec":{}}"#;
    std::fs::write(dir.join("config.json"), config).unwrap();
    let rows = "{\"epoch\":1}\n{\"epoch\":2,\"test_accuracy\":0.5}\n";
    std::fs::write(dir.join("metrics.jsonl"), rows).unwrap();
    let run = look(".");
    assert_eq!((&run["epochs"], &run["metrics"]["test_accuracy"]), (&2.into(), &0.5.into()));
    assert_eq!(
        (&run["config"]["recipe"]["epochs"], &run["model"]["checksum"]),
        (&2.into(), &"verified".into())
    );
    let text = printed(&dir, "inspect .");
    assert!(["test_accuracy", "recipe.epochs", "metrics.jsonl"].iter().all(|w| text.contains(w)), "{text}");

    let numbers = Idx::new(vec![2, 2], IdxValues::F32(vec![-1.0, 0.5, 2.0, f32::NAN])).unwrap();
    write(&dir.join("numbers.idx.gz"), &numbers, Packing::Gzip).unwrap();
    let object = look("numbers.idx.gz");
    assert_eq!((&object["dtype"], &object["shape"]), (&"f32".into(), &serde_json::json!([2, 2])));
    let [min, max, mean] = ["min", "max", "mean"].map(|k| object[k].as_f64().unwrap());
    assert_eq!((min, max, mean, &object["non_finite"]), (-1.0, 2.0, 0.5, &1.into()));
}

#[test]
fn generate_draws_and_never_writes_over() {
    let dir = folder("small-generate");
    let missing = reason(&dir, "generate runs/gan-9");
    assert!(missing.contains("runs/gan-9"), "{missing}");
    save_mlp(&dir.join("mlp.safetensors"));
    assert!(reason(&dir, "generate mlp.safetensors").contains("gan"));
    assert!(!dir.join("samples.png").exists());

    save_gan(&dir.join("model.safetensors"));
    let draw = |flags: &str| format!("generate . -n 6 --columns 3 {flags}");
    let object = object(&dir, &draw("--out a.png --json"));
    assert_eq!((&object["n"], &object["out"]), (&6.into(), &"a.png".into()));
    let png = std::fs::read(dir.join("a.png")).unwrap();
    // Width and height stand in the header: three columns, two rows of 28 doubled pixels and 2 between.
    assert_eq!((&png[1..4], &png[16..24]), (&b"PNG"[..], &[0, 0, 0, 176, 0, 0, 0, 118][..]));

    std::fs::write(dir.join("b.png"), b"mine").unwrap();
    assert!(reason(&dir, &draw("--out b.png")).contains("exists"));
    assert_eq!(std::fs::read(dir.join("b.png")).unwrap(), b"mine");
    assert!(reason(&dir, &draw("--out no/such/c.png")).contains("folder"));
    assert!(refusal(&dir, &draw("--out c.png --scale 9999"), 2).contains("--scale"));

    printed(&dir, &draw("--out again.png --threads 1"));
    printed(&dir, &draw("--out other.png --seed 2"));
    assert_eq!(std::fs::read(dir.join("again.png")).unwrap(), png, "the same seed, the same picture");
    assert_ne!(std::fs::read(dir.join("other.png")).unwrap(), png);
}

#[test]
fn fetch_refuses_wrong_files() {
    let dir = folder("small-fetch");
    std::fs::create_dir(dir.join("wrong")).unwrap();
    let fetch = || reason(&dir, "fetch mnist --from wrong --json");
    assert!(fetch().contains("train-images-idx3-ubyte"));
    for file in datasets::pinned::MNIST.files {
        std::fs::write(dir.join("wrong").join(file.name), b"not these").unwrap();
    }
    assert!(fetch().contains("wrong/train-images-idx3-ubyte"));
    assert!(!dir.join("data").exists(), "a fetch that failed takes its folders back");
}
