//! Signals reach whatever the command is doing or waiting for, and what is said of what is left is true.

use crate::{command, folder, names, said, tiny};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn start(dir: &Path, line: &str) -> Child {
    command(dir, line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn send(signal: &str, child: &Child) {
    let number = child.id().to_string();
    assert!(Command::new("kill").args([signal, &number]).status().unwrap().success());
}

/// Sends the signal once a line with `word` has come on stderr; the exit code, and all that was said.
fn after(word: &str, signal: &str, mut child: Child) -> (Option<i32>, String) {
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut text = String::new();
    while !text.contains(word) {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "ended without {word:?}: {text}");
        text.push_str(&line);
    }
    send(signal, &child);
    lines.read_to_string(&mut text).unwrap();
    (child.wait().unwrap().code(), text)
}

#[test]
fn a_training_keeps_what_it_has_learnt() {
    let dir = folder("training");
    tiny(&dir);
    for (kind, data, signal, code) in [
        ("classifier", "moons", "-INT", 130),
        ("autoencoder", "tiny", "-TERM", 143),
        ("gan", "tiny", "-INT", 130),
    ] {
        let line = format!("train {kind} --data {data} --epochs 1000000 --out {kind}");
        let (ended, text) = after("epoch 2/", signal, start(&dir, &line));
        assert_eq!(ended, Some(code), "{text}");
        let weights = format!("{kind}/model.safetensors");
        let last = text.lines().last().unwrap();
        assert!(last.contains(&format!("the model as of then is in {weights}")), "{text}");
        assert!(last.contains(&format!("to go on: sparring resume {kind}")), "{text}");
        assert!(command(&dir, &format!("inspect {weights}")).output().unwrap().status.success());
        assert!(names(&dir.join(kind)).iter().all(|n| !n.starts_with('.')), "{:?}", names(&dir.join(kind)));
    }
}

#[test]
fn a_killed_training_keeps_its_rows() {
    let dir = folder("killed");
    let line = "train classifier --data moons --epochs 1000000 --out run";
    let (code, text) = after("epoch 2/", "-KILL", start(&dir, line));
    assert_eq!(code, None, "{text}");
    let rows = std::fs::read_to_string(dir.join("run/metrics.jsonl")).unwrap();
    let epochs: Vec<u64> = rows
        .lines()
        .map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap()["epoch"].as_u64().unwrap())
        .collect();
    assert!(epochs.len() >= 2 && epochs.iter().zip(1..).all(|(&e, k)| e == k), "{epochs:?}");
    // What it held of the directory goes with the next that asks for it, and its rows stay.
    assert!(
        crate::refusal(&dir, "train classifier --data moons --epochs 1 --out run", 1).contains("not empty")
    );
    assert_eq!(names(&dir.join("run")), ["config.json", "metrics.jsonl", "resume.bin"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_keeps_what_was_learnt() {
    let dir = folder("hangup");
    let line = "train classifier --data moons --epochs 1000000 --out run";
    let (code, text) = after("epoch 2/", "-HUP", start(&dir, line));
    assert_eq!(code, Some(129), "{text}");
    assert!(dir.join("run/model.safetensors").is_file());
}

#[test]
fn a_demo_that_is_stopped_leaves_nothing() {
    let dir = folder("demo");
    let (code, text) = after("epoch 1/", "-INT", start(&dir, "demo --out D"));
    assert_eq!(code, Some(130), "{text}");
    assert!(text.contains("nothing is kept"), "{text}");
    assert!(names(&dir).is_empty(), "{:?}", names(&dir));
}

#[test]
fn a_fetch_that_waits_ends() {
    let dir = folder("fetch");
    // A server that takes the connection and never answers.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let child = start(&dir, &format!("fetch mnist --mirror http://{address}/"));
    let connection = server.accept().unwrap();
    send("-INT", &child);
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(130), "{}", said(&out));
    drop(connection);

    std::fs::create_dir_all(dir.join("data/mnist")).unwrap();
    let lock = std::fs::File::create(dir.join("data/mnist/.sparring-fetch.lock")).unwrap();
    lock.lock().unwrap();
    let (code, text) =
        after("waiting", "-TERM", start(&dir, &format!("fetch mnist --mirror http://{address}/")));
    assert_eq!(code, Some(143), "{text}");
    assert!(text.lines().last().unwrap().contains("goes on from here"), "{text}");
}

#[test]
fn an_attack_ends_in_the_middle_of_its_batch() {
    let dir = folder("attack");
    crate::object(&dir, "train classifier --data moons --epochs 1 --json --out net");
    // A thousand million steps on one batch: nothing is told before they are done.
    let child =
        start(&dir, "attack net --attack pgd --eps 0.000001 --steps 1000000000 --n 1000 --batch 1000");
    // Long enough to be at work; if it is not yet, it ends all the same.
    std::thread::sleep(std::time::Duration::from_millis(500));
    send("-INT", &child);
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(130), "{}", said(&out));
}

#[test]
fn the_second_signal_does_not_wait() {
    let dir = folder("second");
    crate::object(&dir, "train classifier --data moons --epochs 1 --json --out net");
    let child =
        start(&dir, "attack net --attack pgd --eps 0.000001 --steps 1000000000 --n 1000 --batch 1000");
    std::thread::sleep(std::time::Duration::from_millis(500));
    send("-INT", &child);
    send("-TERM", &child);
    let out = child.wait_with_output().unwrap();
    assert!([Some(130), Some(143)].contains(&out.status.code()), "{}", said(&out));
    assert_eq!(names(&dir), ["net"]);
}
