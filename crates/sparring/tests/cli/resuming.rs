//! A training that was interrupted, by a signal or by a kill at any moment, goes on to the files of one that was not.

use crate::{command, folder, names, object, printed, ran, refusal, said, save_mlp, tiny};
use sparring::seed::Key;
use sparring::train::{Epoch, GanEpoch, SavedTraining};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Two runs hold the same files.
pub(crate) fn same(a: &Path, b: &Path) {
    assert_eq!(names(a), names(b), "{} and {}", a.display(), b.display());
    for name in names(a) {
        let read = |dir: &Path| std::fs::read(dir.join(&name)).unwrap();
        assert!(read(a) == read(b), "{name} of {} and {}", a.display(), b.display());
    }
}

/// Runs a line and sends a signal after so many saves; the number of the last step that was said to be saved.
pub(crate) fn interrupted(dir: &Path, line: &str, signal: &str, saves: u32) -> u64 {
    let mut child = command(dir, line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut lines, mut text) = (BufReader::new(child.stderr.take().unwrap()), String::new());
    let (mut count, mut step) = (0, 0);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap() == 0 {
            break;
        }
        text.push_str(&line);
        if let Some(number) = line.strip_prefix("saved: step ") {
            step = number.trim().parse().unwrap();
            count += 1;
            if count == saves {
                let id = child.id().to_string();
                assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
            }
        }
    }
    assert!(count >= saves, "the training ended before: {text}");
    child.wait().unwrap();
    step
}

/// The files of `--log` hold the rows of `metrics.jsonl`; what the event file holds is the matter of store's tests.
fn logged(run: &Path) {
    let rows = std::fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    let csv = std::fs::read_to_string(run.join("metrics.csv")).unwrap();
    let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    assert_eq!(csv.lines().count(), 1 + rows.lines().count());
    let mut all = Vec::new();
    for (row, line) in rows.lines().zip(csv.lines().skip(1)) {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        for (key, text) in header.iter().zip(line.split(',')) {
            assert_eq!(text.parse::<f64>().ok(), row[key].as_f64(), "{key} of {line}");
        }
        all.push(row);
    }
    let events = std::fs::read(run.join("events.out.tfevents.sparring")).unwrap();
    assert!(events == sparring::store::event_bytes(&all));
}

/// Every kind, interrupted twice: by a signal, then by a kill.
#[test]
fn what_goes_on_ends_as_if_it_had_not_been_interrupted() {
    let dir = folder("resume");
    tiny(&dir);
    save_mlp(&dir.join("net.safetensors"));
    let steered = "--data moons --epochs 12 --early-stop 11 --keep-best --keep-last 2 --validate-attack fgsm --validate-eps 0.05 --schedule plateau(patience=0,threshold=0.5) --on-non-finite roll-back";
    for (i, (kind, flags)) in [
        ("classifier", "--data moons --epochs 12 --ema 0.2 --clip-norm 1 --log csv,tensorboard --init lsuv"),
        ("classifier", steered),
        (
            "classifier",
            "--data tiny --epochs 30 --augment shift --augment mixup --accumulate 2 --average swa(start=0.5)",
        ),
        ("autoencoder", "--data tiny --epochs 30 --augment rotate"),
        ("vae", "--data tiny --epochs 30 --arch vae(hidden=16,latent=2) --warm-up 0.5"),
        ("vq-vae", "--data tiny --epochs 10 --arch vq-vae(entries=8,dim=2) --batch 20"),
        ("gan", "--data tiny --epochs 30 --log tensorboard"),
        (
            "advgan",
            "--target net.safetensors --data tiny --epochs 30 --arch advgan(width=2) --log csv,tensorboard",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let line = format!("train {kind} {flags} --seed 3");
        let (whole, cut) = (format!("{i}-whole"), format!("{i}-cut"));
        printed(&dir, &format!("{line} --out {whole}"));
        if flags.contains("csv") {
            logged(&dir.join(&whole));
        }
        interrupted(&dir, &format!("{line} --out {cut} --save-every 5 --threads 2"), "-INT", 2);
        assert!(names(&dir.join(&cut)).contains(&"resume.bin".into()), "{:?}", names(&dir.join(&cut)));
        let result = object(&dir, &format!("resume {cut} --threads 1 --json"));
        assert_eq!(result["run"], cut.as_str());
        same(&dir.join(&whole), &dir.join(&cut));
        // Nothing is left to do, which is said and no failure.
        assert!(said(&ran(&dir, &format!("resume {cut}"))).contains("is finished"));
        assert_eq!(object(&dir, &format!("resume {cut} --json"))["finished"], true);
    }
}

#[test]
fn a_kill_at_any_moment_loses_no_step_that_was_said_to_be_safe() {
    let dir = folder("kills");
    tiny(&dir);
    let mut rng = Key::new(1).named("kills").rng(0);
    for (kind, data) in [("classifier", "moons"), ("gan", "tiny")] {
        let line = format!("train {kind} --data {data} --epochs 40 --seed 2");
        printed(&dir, &format!("{line} --out {kind}-whole"));
        for i in 0..4 {
            let run = format!("{kind}-{i}");
            let safe =
                interrupted(&dir, &format!("{line} --out {run} --save-every 2"), "-KILL", 1 + rng.below(12));
            let file = dir.join(&run).join("resume.bin");
            let step = match kind {
                "gan" => SavedTraining::<GanEpoch>::read(&file).map(|(saved, e)| (saved.step(), e.is_none())),
                _ => SavedTraining::<Epoch>::read(&file).map(|(saved, e)| (saved.step(), e.is_none())),
            };
            let (step, newest) = step.unwrap();
            assert!(newest && step >= safe, "{run}: step {step} is in the file, {safe} was safe");
            printed(&dir, &format!("resume {run}"));
            same(&dir.join(format!("{kind}-whole")), &dir.join(&run));
        }
    }
}

#[test]
fn a_spoilt_state_falls_back_to_the_one_before() {
    let dir = folder("spoilt");
    let line = "train classifier --data moons --epochs 12";
    printed(&dir, &format!("{line} --out whole"));
    interrupted(&dir, &format!("{line} --out cut --save-every 5"), "-KILL", 3);
    let file = dir.join("cut/resume.bin");
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    // A file of its own: killed in the middle of a save, the run may have had both names for one file.
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, bytes).unwrap();
    let out = ran(&dir, "resume cut");
    assert!(out.status.success() && said(&out).contains("the state saved before it"), "{}", said(&out));
    same(&dir.join("whole"), &dir.join("cut"));
    // Both spoilt: one line that says so, and nothing is written over.
    interrupted(&dir, &format!("{line} --out gone --save-every 5"), "-KILL", 3);
    for name in ["resume.bin", "resume.bin.previous"] {
        std::fs::write(dir.join("gone").join(name), b"SPARCKPT and no more").unwrap();
    }
    let text = refusal(&dir, "resume gone", 1);
    assert!(text.contains("not a whole checkpoint"), "{text}");
}

#[test]
fn what_cannot_go_on_is_named() {
    let dir = folder("refused");
    printed(&dir, "train classifier --data moons --epochs 1 --out done");
    for (run, said) in
        [("nothing", "does not exist"), ("done/config.json", "is a file"), (".", "config.json")]
    {
        let text = refusal(&dir, &format!("resume {run}"), 1);
        assert!(text.contains(said), "{text}");
    }
    let line = "train classifier --data moons --epochs 5000 --out lives --save-every 10";
    let mut child = command(&dir, line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().starts_with("saved:") {}
    let text = refusal(&dir, "resume lives", 1);
    assert!(text.contains(&format!("process {}", child.id())), "{text}");
    child.kill().unwrap();
    child.wait().unwrap();

    let config = dir.join("lives/config.json");
    let written = std::fs::read_to_string(&config).unwrap();
    for (from, to, said) in [
        (
            r#""lr": 0.001"#,
            r#""lr": 0.5"#,
            "`recipe.lr` in config.json is 0.5, and its `arguments` make it 0.001; the file was changed since the run began",
        ),
        (
            r#""classifier",
    "--data""#,
            r#""nonsense",
    "--data""#,
            "cannot be used",
        ),
        (
            r#""train",
    "classifier""#,
            r#""list",
    "models""#,
            "cannot be used",
        ),
        (
            r#""data": "moons""#,
            r#""data": "moons(n=500)""#,
            "name an unchanged copy with --data, or to begin again: sparring train",
        ),
    ] {
        let changed = written.replacen(from, to, 1);
        assert_ne!(changed, written, "{from}");
        std::fs::write(&config, changed).unwrap();
        let text = refusal(&dir, "resume lives", 1);
        assert!(text.contains(said), "{said}: {text}");
    }
    std::fs::write(&config, &written).unwrap();
    let text = refusal(&dir, "resume lives --data mnist-10k", 1);
    assert!(text.contains("began with the data moons, and mnist-10k are others"), "{text}");
    let text = refusal(&dir, "resume lives --data rings", 1);
    assert!(text.contains("began with the data moons, and rings are others"), "{text}");
    let text = refusal(&dir, "resume lives --data nothere", 1);
    assert!(text.contains("nothere") && !text.contains("config.json"), "{text}");
    // What is lost is named, with the line that begins it again.
    interrupted(&dir, "train classifier --data moons --epochs 12 --save-every 63 --out rows", "-KILL", 2);
    std::fs::write(dir.join("rows/metrics.jsonl"), b"{\"epoch\": 1, \"lr\"").unwrap();
    let text = refusal(&dir, "resume rows", 1);
    assert!(
        text.contains("metrics.jsonl") && text.contains("to begin again: sparring train classifier"),
        "{text}"
    );
    assert!(names(&dir.join("lives")).contains(&"resume.bin".into()));
}

/// A step may be long: what a signal meets within the first one is finished and saved, too.
#[test]
fn a_signal_within_the_first_step_loses_nothing() {
    let dir = folder("first-step");
    let line = "train classifier --defense pgd(steps=200) --batch 2000 --epochs 2 --out run";
    let mut child = command(&dir, line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while !dir.join("run/resume.bin").is_file() {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let out = child.wait_with_output().unwrap();
    let text = said(&out);
    assert_eq!(out.status.code(), Some(130), "{text}");
    assert!(text.contains("saved: step 1\n") && text.contains("to go on: sparring resume run"), "{text}");
}

/// A disk that is full, played by a limit on the size of files: a clear error, and the older state is whole.
#[test]
fn a_full_disk_leaves_the_older_state() {
    let dir = folder("full");
    let line = "train classifier --data moons --epochs 12";
    printed(&dir, &format!("{line} --out whole"));
    interrupted(&dir, &format!("{line} --out cut --save-every 5"), "-KILL", 3);
    let limited = format!("trap '' XFSZ; ulimit -f 20; exec {} resume cut", env!("CARGO_BIN_EXE_sparring"));
    let Ok(out) = Command::new("bash").args(["-c", &limited]).current_dir(&dir).output() else { return };
    let text = said(&out);
    assert_eq!(out.status.code(), Some(1), "{text}");
    assert!(text.contains("resume.bin") && text.contains("cannot write"), "{text}");
    assert!(!names(&dir.join("cut")).iter().any(|n| n.contains(".tmp.")), "{:?}", names(&dir.join("cut")));
    // What a kill in the middle of a picture leaves is swept, too.
    std::fs::write(dir.join("cut/.samples-007.png.tmp.4000000.0"), b"cut off").unwrap();
    printed(&dir, "resume cut");
    same(&dir.join("whole"), &dir.join("cut"));
    assert!(!names(&dir.join("cut")).iter().any(|n| n.contains(".tmp.")), "{:?}", names(&dir.join("cut")));
}
