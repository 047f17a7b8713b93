//! No memory and no threads as many as a flag says.

use crate::{command, folder, refusal, said};

#[cfg(unix)]
#[test]
fn a_batch_is_cut_to_the_data() {
    use crate::{number, object, tiny};
    use serde_json::Value;
    let dir = folder("batch");
    tiny(&dir);
    for (kind, measured) in [("classifier", "train_loss"), ("autoencoder", "test_mse"), ("gan", "d_real")] {
        let line = format!("train {kind} --data tiny --epochs 2 --threads 2 --json --out");
        // Two gigabytes of addresses hold the program and its threads, but not the buffers of such a batch.
        let script = format!(
            "ulimit -v 2000000; exec {} {line} huge-{kind} --batch 2000000000",
            env!("CARGO_BIN_EXE_sparring")
        );
        let out = std::process::Command::new("sh").args(["-c", &script]).current_dir(&dir).output().unwrap();
        assert!(out.status.success(), "{kind}: {}", said(&out));
        let huge: Value =
            serde_json::from_str(String::from_utf8_lossy(&out.stdout).lines().last().unwrap()).unwrap();
        let whole = object(&dir, &format!("{line} whole-{kind} --batch 60"));
        assert_eq!(number(&huge, measured), number(&whole, measured), "{kind}");
    }
}

#[test]
fn sizes_beyond_reason_are_refused_with_their_flag() {
    let dir = folder("beyond");
    let quintillion = "1000000000000000000";
    for (line, flags) in [
        ("train classifier", &["--epochs", "--batch", "--attack-steps", "--threads"][..]),
        ("train autoencoder", &["--epochs", "--batch", "--threads"]),
        ("train gan", &["--epochs", "--batch", "--threads"]),
        ("demo", &["--n", "--threads"]),
        ("generate run", &["--n", "--columns", "--scale", "--threads"]),
    ] {
        for flag in flags {
            for size in [quintillion, "99999999999999999999999", "0", "1e9", "-3"] {
                let text = refusal(&dir, &format!("{line} {flag} {size}"), 2);
                assert!(text.contains(flag) && text.contains("must be"), "{line} {flag} {size}: {text}");
            }
        }
    }
    assert!(refusal(&dir, "demo -n 1000000000", 2).contains("2000 test images"));
    assert!(refusal(&dir, "generate run -n 1000000000", 2).contains("at most 65536"));
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
}

#[test]
fn threads_are_a_few_for_each_core() {
    let dir = folder("threads");
    for line in ["train classifier", "train autoencoder", "train gan", "demo", "attack run", "generate run"] {
        let text = refusal(&dir, &format!("{line} --threads 100000"), 2);
        assert!(
            text.contains("--threads") && text.contains("must be at most") && text.contains("cores"),
            "{text}"
        );
    }
    for line in ["train classifier --data moons", "list activations"] {
        let out = command(&dir, line).env("RAYON_NUM_THREADS", "100000").output().unwrap();
        assert_eq!(out.status.code(), Some(2));
        assert!(
            said(&out).contains("RAYON_NUM_THREADS=100000") && said(&out).contains("cores"),
            "{}",
            said(&out)
        );
    }
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_network_that_memory_does_not_hold_is_a_line() {
    let dir = folder("memory");
    let net = "input = [1, 28, 28]\nlayers = [{ type = \"flatten\" }, { type = \"linear\", in = 784, out = 300000 }, { type = \"linear\", in = 300000, out = 10 }]\n";
    std::fs::write(dir.join("big.toml"), net).unwrap();
    let line = "train classifier --spec big.toml --threads 1 --epochs 1";
    let script = format!("ulimit -v 1000000; exec {} {line}", env!("CARGO_BIN_EXE_sparring"));
    let out = std::process::Command::new("sh").args(["-c", &script]).current_dir(&dir).output().unwrap();
    let text = said(&out);
    assert_eq!(out.status.code(), Some(1), "{text}");
    assert!(
        text.contains("no memory for") && text.contains("--batch") && !text.contains("panicked"),
        "{text}"
    );
}
