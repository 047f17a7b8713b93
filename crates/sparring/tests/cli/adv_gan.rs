//! `train advgan`, and its generator as an attack.

use crate::{folder, number, object, printed, ran, refusal, said, save_mlp, tiny};
use serde_json::Value;
use std::path::Path;

/// A network that knows digits, and a generator that was trained against it.
fn trained(dir: &Path) -> Value {
    printed(dir, "train classifier --arch mlp --epochs 2 --out net");
    object(dir, "train advgan --target net --epochs 1 --batch 32 --arch advgan(blocks=0) --json --out gan")
}

#[test]
fn a_generator_is_trained_attacks_and_is_repeated() {
    let dir = folder("advgan");
    let done = trained(&dir);
    let (clean, accuracy) = (number(&done, "clean"), number(&done, "accuracy"));
    assert!(clean > 0.85 && accuracy < 0.5, "{done}");
    assert!(accuracy + 0.2 < number(&done, "noise_accuracy") && number(&done, "fooled") > 0.5, "{done}");
    assert_eq!(
        (done["norm"].as_str(), number(&done, "eps") as f32, number(&done, "n")),
        (Some("linf"), 0.3, 1000.0)
    );
    let page = std::fs::read_to_string(dir.join("gan/report.html")).unwrap();
    for words in
        ["right under the generator", "Seen by the target", "hinge on the Euclidean length", "margin, up to"]
    {
        assert!(page.contains(words), "{words}");
    }
    let config: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.join("gan/config.json")).unwrap()).unwrap();
    assert_eq!(
        (config["command"].as_str(), config["data"].as_str()),
        (Some("train advgan"), Some("mnist-10k"))
    );
    // The default data are the target's, and its figure is that of the attack.
    let report = object(&dir, "attack net --attack advgan=gan,noise --json --per-sample verdicts.csv");
    let rows = report["attacks"].as_array().unwrap();
    assert_eq!((rows.len(), rows[0]["attack"].as_str()), (2, Some("advgan")));
    assert_eq!(number(&rows[0], "accuracy"), accuracy);
    assert_eq!((number(&rows[0], "forwards"), number(&rows[0], "backwards")), (0.0, 0.0));
    let card = &report["cards"][0];
    assert_eq!((card["call"].as_str(), card["access"].as_str()), (Some("advgan=gan"), Some("trained")));
    assert!(card["generator_sha256"].as_str().is_some_and(|sum| sum.len() == 64), "{card}");
    assert!(std::fs::read_to_string(dir.join("verdicts.csv")).unwrap().contains("fooled_advgan"));
    // Several budgets, a curve, pieces, another network, and a card again.
    let several = object(&dir, "attack net --attack advgan=gan --eps 0.05,0.3 --curve advgan=gan --json");
    let curve = several["curve"].as_array().unwrap();
    assert_eq!((several["budgets"].as_array().unwrap().len(), curve.len()), (2, 3));
    assert_eq!(number(&curve[2], "accuracy"), accuracy);
    let pieces = object(&dir, "attack net --attack advgan=gan --piece 300 --out pieces --json");
    assert_eq!(number(&pieces["attacks"][0], "accuracy"), accuracy);
    save_mlp(&dir.join("other.safetensors"));
    let other = object(&dir, "attack other.safetensors --attack advgan=gan --json");
    assert!(number(&other["attacks"][0], "accuracy") <= number(&other, "clean"));
    std::fs::write(dir.join("report.json"), report.to_string()).unwrap();
    assert_eq!(object(&dir, "replay report.json --json")["same"], true);
    // A generator that was changed since is told.
    printed(&dir, "train advgan --target net --epochs 1 --arch advgan(width=2) --seed 5 --out gan2");
    std::fs::copy(dir.join("gan2/model.safetensors"), dir.join("gan/model.safetensors")).unwrap();
    let again = said(&ran(&dir, "replay report.json"));
    assert!(again.contains("not as when the card was made: generator"), "{again}");
}

#[test]
fn l2_and_one_class() {
    let dir = folder("advgan-l2");
    tiny(&dir);
    printed(&dir, "train classifier --data tiny --arch mlp --epochs 5 --batch 20 --out net");
    let line = "train advgan --target net --norm l2 --eps 6 --towards 2 --epochs 8 --batch 20 --arch advgan(width=4)";
    let done = object(
        &dir,
        &format!("{line} --fooling cross-entropy --kappa 0 --loss non-saturating --json --out gan"),
    );
    let size = number(&done, "size");
    assert!(done["norm"] == "l2" && size > 0.1 && size <= 6.0 + 1e-4, "{done}");
    let report = object(&dir, "attack net --attack advgan=gan --norm l2 --eps 6 --json");
    let row = &report["attacks"][0];
    assert_eq!((number(row, "accuracy"), row.get("refused")), (number(&done, "accuracy"), None), "{report}");
    let page = std::fs::read_to_string(dir.join("gan/report.html")).unwrap();
    assert!(page.contains("class 2") && page.contains("cross-entropy, up to 0"));
    let e = refusal(&dir, "attack net --attack advgan=gan", 2);
    assert!(e.contains("advgan=gan: it was trained in l2, not in linf; give --norm l2"), "{e}");
}

#[test]
fn what_does_not_fit_is_refused_in_one_line() {
    let dir = folder("advgan-refused");
    tiny(&dir);
    save_mlp(&dir.join("net.safetensors"));
    printed(&dir, "train classifier --data moons(n=60) --epochs 1 --out points");
    printed(&dir, "train advgan --target points --epochs 1 --out small");
    for (line, code, words) in [
        ("train advgan --data tiny", 2, "--target"),
        ("train advgan --target nowhere", 1, "no such file"),
        ("train advgan --target small", 1, "advgan"),
        ("train advgan --target points --data tiny", 2, "1 x 28 x 28"),
        ("train advgan --target net.safetensors --data moons", 2, "1 x 1 x 2"),
        ("train advgan --target points --towards 2", 2, "the target has classes 0 to 1"),
        ("train advgan --target net.safetensors --norm l1 --eps 3", 2, "linf or l2"),
        ("train advgan --target net.safetensors --eps 8", 2, "no two are further apart than 1"),
        ("train advgan --target net.safetensors --eps 0", 2, "above 0"),
        ("train advgan --target net.safetensors --arch gan", 2, "no advgan"),
        ("train advgan --target net.safetensors --alpha -1", 2, "--alpha"),
        ("attack net.safetensors --data tiny --attack advgan", 2, "name its run, as in advgan=RUN"),
        ("attack net.safetensors --data tiny --attack advgan=", 2, "name its run"),
        ("attack net.safetensors --data tiny --attack advgan=nowhere", 1, "no such file"),
        ("attack net.safetensors --data tiny --attack advgan=points", 1, "kind `classifier`"),
        ("attack net.safetensors --data tiny --attack advgan=small", 2, "takes examples of 1 x 1 x 2"),
        ("attack points --attack advgan=small,advgan=small", 2, "advgan is named twice"),
        ("eval small", 1, "advgan"),
    ] {
        let e = refusal(&dir, line, code);
        assert!(e.contains(words), "{line}: {e}");
        assert!(e.lines().filter(|l| l.starts_with("error")).count() <= 1, "{line}: {e}");
    }
    // A file that was changed is none.
    let path = dir.join("small/model.safetensors");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let e = refusal(&dir, "attack points --attack advgan=small", 1);
    assert!(e.contains("checksum") || e.contains("SHA-256"), "{e}");
}

#[test]
fn a_training_goes_on_against_the_same_target_alone() {
    let dir = folder("advgan-target");
    tiny(&dir);
    save_mlp(&dir.join("net.safetensors"));
    let line =
        "train advgan --target net.safetensors --data tiny --epochs 2 --batch 20 --arch advgan(width=2)";
    printed(&dir, &format!("{line} --save-every 1 --out gan"));
    // As if it had been stopped before its last file.
    std::fs::remove_file(dir.join("gan/report.html")).unwrap();
    printed(&dir, "train classifier --data tiny --arch mlp --epochs 1 --out other");
    let own = std::fs::read(dir.join("net.safetensors")).unwrap();
    std::fs::copy(dir.join("other/model.safetensors"), dir.join("net.safetensors")).unwrap();
    let e = refusal(&dir, "resume gan", 1);
    assert!(e.contains("the target, ") && e.contains("has other weights"), "{e}");
    std::fs::write(dir.join("net.safetensors"), own).unwrap();
    printed(&dir, "resume gan");
    assert!(dir.join("gan/report.html").is_file());
}
