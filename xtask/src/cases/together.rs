//! Row 28: two programs started together that want one name.

use super::checks::{Checks, NotTried, Tried};
use super::ended::Ended;
use super::sandbox::Sandbox;
use super::trained::{Context, Net};
use std::collections::BTreeMap;
use std::path::Path;

/// Pairs of each kind.
const PAIRS: usize = 10;

/// Row 28: one of them gets the name and the whole of its own result; the other says that it is taken.
pub fn one_name(context: &Context) -> Tried {
    let mut checks = Checks::default();
    pairs(context, &mut checks, "train classifier --data cases/idx-ten --epochs 1 --out", "run")?;
    pairs(context, &mut checks, "attack base5 --attack noise --n 20 --save", "x.safetensors")?;
    pairs(context, &mut checks, "attack base5 --attack fgsm --n 20 --report", "page.html")?;
    pairs(context, &mut checks, "generate gan -n 9 --out", "g.png")?;
    Ok(checks)
}

fn pairs(context: &Context, checks: &mut Checks, line: &str, name: &str) -> Result<(), NotTried> {
    let sandbox = context.sandbox(&[Net::Base5, Net::Gan])?;
    let mut alone = Vec::new();
    for seed in [1, 2] {
        sandbox.run(&format!("{line} {name} --seed {seed}"))?;
        alone.push(contents(&sandbox, name));
    }
    let (mut both, mut none, mut mixed, mut silent) = (0, 0, 0, 0);
    for _ in 0..PAIRS {
        let start = |seed| sandbox.start(&format!("{line} {name} --seed {seed}"));
        let running = [start(1)?, start(2)?];
        let ended = running.map(super::child::Running::end);
        match ended.each_ref().map(|e| e.code) {
            [Some(0), Some(0)] => both += 1,
            [Some(0), _] => count(&sandbox, name, &alone[0], &ended[1], &mut mixed, &mut silent),
            [_, Some(0)] => count(&sandbox, name, &alone[1], &ended[0], &mut mixed, &mut silent),
            _ => none += 1,
        }
        contents(&sandbox, name);
    }
    let came_out = format!(
        "of {PAIRS} pairs {both} with two winners, {none} with none, {mixed} with another's content, {silent} whose loser did not name {name}"
    );
    checks.that(line, came_out, both + none + mixed + silent == 0);
    Ok(())
}

fn count(
    sandbox: &Sandbox<'_>,
    name: &str,
    wanted: &BTreeMap<String, Vec<u8>>,
    loser: &Ended,
    mixed: &mut usize,
    silent: &mut usize,
) {
    if read(&sandbox.file(name)) != *wanted {
        *mixed += 1;
    }
    if !loser.refused() || !loser.err.contains(name) {
        *silent += 1;
    }
}

/// Reads what lies there, and removes it.
fn contents(sandbox: &Sandbox<'_>, name: &str) -> BTreeMap<String, Vec<u8>> {
    let path = sandbox.file(name);
    let found = read(&path);
    let _ = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
    found
}

/// The files of a run, or the file itself, by name; hidden ones too. A page may tell how long the work took.
fn read(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = if path.is_dir() {
        std::fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path()).collect()
    } else {
        vec![path.to_path_buf()]
    };
    let named = files.into_iter().map(|file| {
        let bytes = if file.extension().is_some_and(|e| e == "html") {
            Vec::new()
        } else {
            std::fs::read(&file).unwrap_or_default()
        };
        (file.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes)
    });
    named.collect()
}
