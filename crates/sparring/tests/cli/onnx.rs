//! Networks of other programs as ONNX files, and ours for them.

use crate::{folder, number, object, printed, ran, refusal, said, save_gan, save_mlp};
use std::fs;
use std::path::Path;

/// A file of PyTorch's (`golden/onnx/make.py`).
fn golden(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/onnx").join(name)
}

#[test]
fn a_network_leaves_as_onnx_and_is_attacked_as_it_was() {
    let dir = folder("onnx");
    save_mlp(&dir.join("mlp.safetensors"));
    let made = object(&dir, "export mlp.safetensors --format onnx --out net.onnx --json");
    assert_eq!((&made["kind"], number(&made, "tensors")), (&"classifier".into(), 6.0));
    let run = "--attack fgsm --eps 0.1 --n 60 --json";
    let [ours, theirs] =
        ["mlp.safetensors", "net.onnx"].map(|file| object(&dir, &format!("attack {file} {run}")));
    assert_eq!((&ours["clean"], &ours["robust_accuracy"]), (&theirs["clean"], &theirs["robust_accuracy"]));
    assert_eq!(
        number(&object(&dir, "eval mlp.safetensors --first 200 --json"), "accuracy"),
        number(&object(&dir, "eval net.onnx --first 200 --json"), "accuracy")
    );
    // Back again, and as a file to edit.
    printed(&dir, "export net.onnx --out back.safetensors");
    assert_eq!(
        object(&dir, &format!("attack back.safetensors {run}"))["robust_accuracy"],
        ours["robust_accuracy"]
    );
    printed(&dir, "export net.onnx --out net.toml");
    printed(&dir, "export net.onnx --out again.onnx");
    assert!(fs::read(dir.join("again.onnx")).unwrap() == fs::read(dir.join("net.onnx")).unwrap());
}

#[test]
fn files_of_pytorch_are_inspected_and_attacked() {
    let dir = folder("onnx-pytorch");
    for (name, as_) in [
        ("mlp_dynamo", "mlp"),
        ("scaled_script", "vector"),
        ("probabilities_script", "soft"),
        ("gemm", "gemm"),
    ] {
        fs::copy(golden(&format!("{name}.onnx")), dir.join(format!("{as_}.onnx"))).unwrap();
    }
    let seen = object(&dir, "inspect mlp.onnx --json");
    assert_eq!((&seen["kind"], &seen["spec"]["input"]), (&"onnx".into(), &serde_json::json!([1, 28, 28])));
    let shown = printed(&dir, "inspect soft.onnx");
    assert!(shown.contains("by pytorch") && shown.contains("ends in a softmax"), "{shown}");
    let report = object(&dir, "attack mlp.onnx --attack fgsm --eps 0.1 --n 20 --json");
    assert_eq!(number(&report, "n"), 20.0);
    let e = refusal(&dir, "attack vector.onnx", 2);
    assert!(e.contains("1 x 1 x 20"), "{e}");
    let e = refusal(&dir, "attack mlp.onnx --arch mlp", 2);
    assert!(e.contains("says itself how its network is built; leave --arch out"), "{e}");
    assert!(refusal(&dir, "attack mlp.onnx --by-order", 2).contains("leave --by-order out"));
    let told = said(&ran(&dir, "eval soft.onnx --data moons"));
    assert!(told.contains("ends in a softmax"), "{told}");
}

#[test]
fn what_is_no_network_is_told_in_a_line() {
    let dir = folder("onnx-refused");
    let whole = fs::read(golden("gemm.onnx")).unwrap();
    fs::write(dir.join("cut.onnx"), &whole[..whole.len() / 2]).unwrap();
    fs::write(dir.join("text.onnx"), "a text that is no network").unwrap();
    fs::write(dir.join("empty.onnx"), "").unwrap();
    let renamed = |from: &[u8; 4], to: &[u8; 4]| {
        let at = whole.windows(4).position(|w| w == from).unwrap();
        [&whole[..at], to, &whole[at + 4..]].concat()
    };
    fs::write(dir.join("other.onnx"), renamed(b"Gemm", b"Loop")).unwrap();
    for (file, words) in [
        ("cut.onnx", "cut off"),
        ("text.onnx", "ONNX"),
        ("empty.onnx", "empty"),
        ("other.onnx", "not read: Loop (`first`)"),
    ] {
        for command in ["attack", "inspect", "eval", "predict x.png", "export --out x.npz"] {
            let (command, rest) = command.split_once(' ').unwrap_or((command, ""));
            let line = if command == "predict" {
                format!("predict {file} {rest}")
            } else {
                format!("{command} {rest} {file}")
            };
            let e = refusal(&dir, &line, 1);
            assert!(e.contains(file) && e.contains(words) && e.lines().count() == 1, "{line}: {e}");
        }
    }
    save_gan(&dir.join("gan.safetensors"));
    for (line, code, words) in [
        ("export gan.safetensors --out a.onnx", 2, "--network generator or discriminator"),
        ("export gan.safetensors --format onnx --out a.npz", 2, "must end in .onnx"),
        ("export gan.safetensors --network generator --out a.npz", 2, "goes with a .toml or .onnx"),
    ] {
        assert!(refusal(&dir, line, code).contains(words), "{line}");
    }
    printed(&dir, "export gan.safetensors --network generator --out a.onnx");
}
