//! Sweeps that a signal or a kill ended.

use super::{GRID, grid, same_table};
use crate::{command, folder, names, printed, ran, refusal, said};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// Starts a sweep and ends it once so many cells are finished; the rest of what it says.
fn ended_after(cells: usize, signal: &str, dir: &Path, line: &str) -> (Option<i32>, String) {
    let mut child = command(dir, line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut finished = 0;
    while finished < cells {
        finished += usize::from(lines.next().expect("a line").unwrap().contains("is finished"));
    }
    // The next ones are at work.
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let rest = lines.map_while(Result::ok).collect::<Vec<_>>().join("\n");
    (child.wait().unwrap().code(), rest)
}

#[test]
fn a_sweep_that_was_ended_goes_on_to_the_same_bytes() {
    let dir = folder("sweep-killed");
    let text = GRID.replace("epochs = 2", "epochs = 150").replace("[1, 2, 3]", "[1, 2]");
    grid(&dir, "g.toml", &text);
    printed(&dir, "sweep g.toml --out whole --jobs 2");
    let cells = names(&dir.join("whole/cells"));
    assert_eq!(cells.len(), 4);

    let (code, _) = ended_after(1, "-KILL", &dir, "sweep g.toml --out killed --jobs 2");
    assert_eq!(code, None);
    assert!(refusal(&dir, "merge early killed", 1).contains("unfinished"));
    let out = ran(&dir, "sweep g.toml --out killed --jobs 2");
    assert!(out.status.success() && said(&out).contains("going on"), "{}", said(&out));
    same_table(&dir.join("whole"), &dir.join("killed"));

    let (code, told) = ended_after(1, "-TERM", &dir, "sweep g.toml --out asked --jobs 1");
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
    for cell in &cells {
        for name in ["model.safetensors", "metrics.jsonl", "report.html", "config.json"] {
            let read = |run: &str| std::fs::read(dir.join(run).join("cells").join(cell).join(name)).unwrap();
            assert!(read("whole") == read("killed") && read("whole") == read("asked"), "{cell}/{name}");
        }
    }
    // One at a time.
    let lock = std::fs::File::create(dir.join("asked/.claim")).unwrap();
    lock.lock().unwrap();
    assert!(refusal(&dir, "sweep g.toml --out asked", 1).contains("taken"));
}
