//! What a refused or failed start leaves behind: nothing. Of two runs with one directory, one gets it.

use crate::{command, folder, names, refusal, said, tiny};
use std::process::{Child, Stdio};

#[test]
fn a_failed_start_leaves_nothing() {
    let dir = folder("failed");
    tiny(&dir);
    for (line, code, why) in [
        ("train classifier --data tiny --batch 16 --lr 1e9 --optimizer sgd --epochs 9", 1, "step"),
        (
            "train autoencoder --data tiny --batch 16 --arch linear-autoencoder --lr 1e9 --optimizer sgd --epochs 9",
            1,
            "step",
        ),
        ("train gan --data tiny --generator-output tanh", 2, "tanh"),
        ("train gan --data tiny --discriminator-output sigmoid", 2, "twice"),
        ("train classifier --data moons --arch fgsm-rs", 2, "1 x 28 x 28"),
        ("train autoencoder --data moons", 2, "1 x 28 x 28"),
        ("train gan --data rings --arch gan", 2, "1 x 28 x 28"),
        ("demo --data blobs", 2, "1 x 28 x 28"),
        ("train classifier --data nowhere", 1, "nowhere"),
    ] {
        for out in ["", " --out a/b/run"] {
            let text = refusal(&dir, &format!("{line}{out}"), code);
            assert!(text.contains(why), "{line}{out}: {text}");
            assert_eq!(names(&dir), ["tiny"], "{line}{out}");
        }
    }
}

#[test]
fn a_training_that_fails_later_keeps_its_figures() {
    let dir = folder("later");
    tiny(&dir);
    let line = "train classifier --data tiny --epochs 3 --batch 20 --optimizer sgd --lr 1e30 \
                --schedule piecewise(0=1e-31,0.66=1e-31,0.67=1,1=1) --out run";
    let text = refusal(&dir, line, 1);
    assert!(text.contains("epoch 3") && text.contains("first 2 epochs are in run"), "{text}");
    assert_eq!(names(&dir.join("run")), ["config.json", "metrics.jsonl", "resume.bin"]);
    assert_eq!(std::fs::read_to_string(dir.join("run/metrics.jsonl")).unwrap().lines().count(), 2);
}

#[test]
fn what_was_there_stays() {
    let dir = folder("stays");
    tiny(&dir);
    let diverging = "train classifier --data tiny --batch 16 --lr 1e9 --optimizer sgd --epochs 9 --out";
    std::fs::create_dir(dir.join("empty")).unwrap();
    refusal(&dir, &format!("{diverging} empty/new"), 1);
    refusal(&dir, &format!("{diverging} empty"), 1);
    assert!(names(&dir.join("empty")).is_empty());
    std::fs::create_dir(dir.join("full")).unwrap();
    std::fs::write(dir.join("full/mine"), b"mine").unwrap();
    assert!(refusal(&dir, &format!("{diverging} full"), 1).contains("not empty"));
    assert_eq!(names(&dir.join("full")), ["mine"]);
    // As a run that was killed leaves it: no reason to refuse, and gone with the next.
    std::fs::write(dir.join("empty/.claim"), b"").unwrap();
    assert!(!refusal(&dir, &format!("{diverging} empty"), 1).contains("taken"));
    assert!(names(&dir.join("empty")).is_empty());
}

#[test]
fn one_of_two_runs_gets_the_directory() {
    let dir = folder("pairs");
    for pair in 0..20 {
        let to = dir.join(format!("run-{pair}"));
        if pair % 2 == 1 {
            std::fs::create_dir(&to).unwrap();
        }
        let start = |seed: u32| {
            let line = format!(
                "train classifier --data moons --epochs 1 --threads 1 --seed {seed} --out run-{pair}"
            );
            command(&dir, &line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let both: [Child; 2] = [start(1), start(2)];
        let [a, b] = both.map(|child| child.wait_with_output().unwrap());
        let winners = [&a, &b].into_iter().filter(|o| o.status.success()).count();
        assert_eq!(winners, 1, "{} {}", said(&a), said(&b));
        let (seed, loser) = if a.status.success() { (1, &b) } else { (2, &a) };
        assert_eq!(loser.status.code(), Some(1));
        assert!(["taken", "not empty"].iter().any(|w| said(loser).contains(w)), "{}", said(loser));
        assert_eq!(
            names(&to),
            ["config.json", "metrics.jsonl", "model.safetensors", "report.html", "resume.bin"]
        );
        let config = std::fs::read_to_string(to.join("config.json")).unwrap();
        assert!(config.contains(&format!("\"seed\": {seed}")), "{config}");
    }
}
