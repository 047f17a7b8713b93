//! A result that could not be written is lost, which is a failure; a pipe that nobody reads any more is none.

use crate::{command, folder, object, said, tiny};
use std::path::Path;
use std::process::Stdio;

/// A folder with what the commands below need.
fn furnished(name: &str) -> std::path::PathBuf {
    let dir = folder(name);
    tiny(&dir);
    object(&dir, "train classifier --data moons --epochs 1 --json --out net");
    object(&dir, "train gan --data tiny --epochs 1 --json --out gan");
    dir
}

const LINES: [&str; 13] = [
    "--help",
    "--version",
    "help train gan",
    "list activations",
    "list datasets --json",
    "completions zsh",
    "inspect net",
    "inspect net/model.safetensors --json",
    "attack net --n 20 --attack fgsm --json",
    "attack net --n 20 --attack fgsm",
    "generate gan -n 2 --out grid.png",
    "train classifier --data moons --epochs 1",
    "train gan --data tiny --epochs 1 --json",
];

#[cfg(target_os = "linux")]
#[test]
fn a_lost_result_is_a_failure() {
    let dir = furnished("full");
    for line in LINES {
        let full = std::fs::File::create("/dev/full").unwrap();
        let out = command(&dir, line).stdout(full).output().unwrap();
        let text = said(&out);
        assert_eq!(out.status.code(), Some(1), "{line}: {text}");
        assert!(text.lines().last().unwrap().starts_with("sparring: stdout: "), "{line}: {text}");
    }
}

#[test]
fn a_closed_pipe_is_nobodys_mistake() {
    let dir = furnished("pipe");
    for line in LINES {
        let mut child = command(&dir, line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success(), "{line}: {}", said(&out));
    }
    assert!(Path::new(&dir).join("grid.png").is_file());
}
