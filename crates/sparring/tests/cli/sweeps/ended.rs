//! Sweeps that a signal or a kill ended.

use super::{GRID, grid, same_table};
use crate::{command, folder, names, printed, ran, refusal, said};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

fn start(dir: &Path, out: &str, flags: &str) -> Child {
    let line = format!("sweep g.toml --out {out} {flags}");
    command(dir, &line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn send(signal: &str, process: &str) {
    assert!(Command::new("kill").args([signal, process]).status().unwrap().success());
}

/// Waits for a training that has saved its state; its directory.
fn in_the_middle(dir: &Path, out: &str) -> PathBuf {
    let cells = dir.join(out).join("cells");
    let trains = |run: &PathBuf| run.join("resume.bin").is_file() && !run.join("report.html").is_file();
    loop {
        let runs = if cells.is_dir() { names(&cells) } else { Vec::new() };
        if let Some(run) = runs.iter().map(|cell| cells.join(cell)).find(trains) {
            return run;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// Starts a sweep, and ends it in the middle of a training once a cell is finished; the rest of what it says.
fn ended(signal: &str, dir: &Path, out: &str, flags: &str) -> (Option<i32>, String) {
    let mut child = start(dir, out, flags);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !lines.next().expect("a line").unwrap().contains("is finished") {}
    in_the_middle(dir, out);
    send(signal, &child.id().to_string());
    let rest = lines.map_while(Result::ok).collect::<Vec<_>>().join("\n");
    (child.wait().unwrap().code(), rest)
}

#[test]
fn a_sweep_that_was_ended_goes_on_to_the_same_bytes() {
    let dir = folder("sweep-killed");
    let text = GRID.replace("epochs = 2", "epochs = 80").replace("[1, 2, 3]", "[1, 2]");
    grid(&dir, "g.toml", &text);
    printed(&dir, "sweep g.toml --out whole --jobs 2");
    let cells = names(&dir.join("whole/cells"));
    assert_eq!(cells.len(), 4);

    let (code, _) = ended("-KILL", &dir, "killed", "--jobs 2");
    assert_eq!(code, None);
    assert!(refusal(&dir, "merge early killed", 1).contains("unfinished"));
    let out = ran(&dir, "sweep g.toml --out killed --jobs 2");
    assert!(out.status.success() && said(&out).contains("going on"), "{}", said(&out));
    same_table(&dir.join("whole"), &dir.join("killed"));

    let (code, told) = ended("-TERM", &dir, "asked", "--jobs 1");
    assert!(
        code == Some(143) && told.contains("of 4 cells are finished; the same command goes on"),
        "{told}"
    );
    // The training at work was saved by its own process before the sweep ended.
    let begun = names(&dir.join("asked/cells"));
    let saved = |cell: &String| {
        let files = names(&dir.join("asked/cells").join(cell));
        files.contains(&"resume.bin".into()) || files.contains(&"report.html".into())
    };
    assert!(begun.len() >= 2 && begun.iter().all(saved), "{begun:?}");
    printed(&dir, "sweep g.toml --out asked --jobs 2 --threads 3");
    same_table(&dir.join("whole"), &dir.join("asked"));

    // A training that is killed fails alone, and is gone on with.
    let child = start(&dir, "one", "--jobs 1");
    let claim = std::fs::read_to_string(in_the_middle(&dir, "one").join(".claim")).unwrap();
    send("-KILL", claim.split(' ').next().unwrap());
    let out = child.wait_with_output().unwrap();
    let told = said(&out);
    assert!(out.status.code() == Some(1) && told.contains("1 of 4 cells failed"), "{told}");
    assert!(told.contains("ended by signal 9"), "{told}");
    printed(&dir, "sweep g.toml --out one");
    same_table(&dir.join("whole"), &dir.join("one"));
    for cell in &cells {
        for name in ["model.safetensors", "metrics.jsonl", "report.html", "config.json"] {
            let read = |run: &str| std::fs::read(dir.join(run).join("cells").join(cell).join(name)).unwrap();
            assert!(["killed", "asked", "one"].iter().all(|run| read(run) == read("whole")), "{cell}/{name}");
        }
    }
    // One at a time.
    let lock = std::fs::File::create(dir.join("asked/.claim")).unwrap();
    lock.lock().unwrap();
    assert!(refusal(&dir, "sweep g.toml --out asked", 1).contains("taken"));
}
