//! Trainings that are killed at random times, as by a power cut of the process: no file is unreadable afterwards, no step that was said to be saved is lost, and what goes
//! on ends in the files of a training that was not killed.

use crate::run_program::{sparring_release, text};
use serde::de::DeserializeOwned;
use sparring_datasets::idx::{Idx, IdxValues, Packing, write};
use sparring_seed::Key;
use sparring_train::{Epoch, EpochReport, GanEpoch, SavedTraining};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What is trained; a save after each step, so that many kills meet one.
const LINES: &[&str] = &[
    "train classifier --data moons --epochs 6 --ema 0.2 --schedule one-cycle",
    "train classifier --data small --epochs 3 --arch fgsm-rs --defense pgd(steps=3)",
    "train classifier --data small --epochs 1 --arch madry(norm=batch)",
    "train classifier --data moons --epochs 6 --schedule plateau(patience=0) --keep-best --keep-last 2 --early-stop 4 --validate-attack pgd(steps=3) --validate-eps 0.1",
    "train autoencoder --data small --epochs 8",
    "train gan --data small --epochs 8",
];

/// Stripes in ten directions, as the files of MNIST.
fn small(to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|e| e.to_string())?;
    for (part, n) in [("train", 400), ("t10k", 50)] {
        let image = |i: usize| {
            (0..784)
                .map(move |p| if (p / 28 * (i % 10) + p % 28) % 10 < 3 { 200 } else { (i * p % 50) as u8 })
        };
        let put = |name: &str, shape: Vec<usize>, values: Vec<u8>| {
            let idx = Idx::new(shape, IdxValues::U8(values)).map_err(|e| e.to_string())?;
            write(&to.join(format!("{part}-{name}")), &idx, Packing::Raw).map_err(|e| e.to_string())
        };
        put("images-idx3-ubyte", vec![n, 28, 28], (0..n).flat_map(image).collect())?;
        put("labels-idx1-ubyte", vec![n], (0..n).map(|i| (i % 10) as u8).collect())?;
    }
    Ok(())
}

/// What was found in all.
#[derive(Default)]
struct Count {
    kills: u64,
    before_the_first_save: u64,
    steps_beyond: u64,
    temporaries: u64,
}

/// Kills trainings as many times in all, the kinds in turn.
///
/// # Errors
/// The first file that cannot be read, step that is lost, or training whose files differ.
pub fn run(kills: u64) -> Result<(), String> {
    let program = sparring_release()?;
    let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
    small(&folder.path().join("small"))?;
    let tried = Bench { program, folder: folder.path().into() };
    let mut count = Count::default();
    for (kind, line) in LINES.iter().enumerate() {
        let start = Instant::now();
        tried.finished(&format!("{line} --save-every 1 --out whole-{kind}"))?;
        let whole = start.elapsed();
        let mut rng = Key::new(1).named(line).rng(0);
        let share = kills / LINES.len() as u64 + u64::from((kind as u64) < kills % LINES.len() as u64);
        for i in 0..share {
            // A little beyond the end: the last saves and the final files are met too.
            let after = whole.mul_f64(1.05 * rng.uniform_f64());
            tried
                .one(kind, line, i, after, &mut count)
                .map_err(|e| format!("{line}, kill {i} after {after:?}: {e}"))?;
        }
        println!("{line}: {share} kills, the whole takes {:.1} s", whole.as_secs_f64());
    }
    println!(
        "{} kills: 0 unreadable files, 0 acknowledged steps lost; {} before the first save, {} files one step beyond what was said, {} temporary files that the next run swept",
        count.kills, count.before_the_first_save, count.steps_beyond, count.temporaries
    );
    Ok(())
}

struct Bench {
    program: PathBuf,
    folder: PathBuf,
}

impl Bench {
    fn start(&self, line: &str) -> Result<Child, String> {
        let mut command = Command::new(&self.program);
        command.args(line.split(' ')).current_dir(&self.folder).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().map_err(|e| format!("{} cannot be started: {e}", self.program.display()))
    }
    /// Runs a line to its end; what it said.
    fn finished(&self, line: &str) -> Result<String, String> {
        let out = self.start(line)?.wait_with_output().map_err(|e| e.to_string())?;
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        if out.status.success() {
            Ok(said)
        } else {
            Err(format!("`{line}` ended with {}: {said}", out.status))
        }
    }
    fn one(&self, kind: usize, line: &str, i: u64, after: Duration, count: &mut Count) -> Result<(), String> {
        let run = format!("{kind}-{i}");
        let mut child = self.start(&format!("{line} --save-every 1 --out {run}"))?;
        let mut stderr = child.stderr.take().expect("piped");
        let reader = std::thread::spawn(move || {
            let mut said = Vec::new();
            stderr.read_to_end(&mut said).map(|_| String::from_utf8_lossy(&said).into_owned())
        });
        std::thread::sleep(after);
        // It may have ended by itself.
        let _ = child.kill();
        child.wait().map_err(|e| e.to_string())?;
        let said = reader.join().expect("reads only").map_err(|e| e.to_string())?;
        count.kills += 1;
        // The last line may be cut off in a number.
        let whole = said.rfind('\n').map_or("", |end| &said[..end]);
        let safe =
            whole.lines().filter_map(|l| l.strip_prefix("saved: step ")?.trim().parse::<u64>().ok()).max();
        let dir = self.folder.join(&run);
        let file = dir.join("resume.bin");
        let names = names(&dir);
        count.temporaries += names.iter().filter(|name| name.contains(".tmp.")).count() as u64;
        if !file.exists() {
            count.before_the_first_save += 1;
            if let Some(step) = safe {
                return Err(format!("step {step} was said to be saved, and there is no resume.bin"));
            }
            return clear(&dir);
        }
        let saved =
            if line.starts_with("train gan") { step_in::<GanEpoch>(&file) } else { step_in::<Epoch>(&file) }?;
        if saved < safe.unwrap_or(0) {
            return Err(format!("step {} was said to be saved, {saved} is in the file", safe.unwrap_or(0)));
        }
        count.steps_beyond += u64::from(saved > safe.unwrap_or(0));
        self.finished(&format!("resume {run}"))?;
        same(&self.folder.join(format!("whole-{kind}")), &dir)?;
        clear(&dir)
    }
}

/// The step in the newest state, which must be whole.
fn step_in<R: DeserializeOwned + EpochReport>(file: &Path) -> Result<u64, String> {
    match SavedTraining::<R>::read(file) {
        Ok((saved, None)) => Ok(saved.step()),
        Ok((_, Some(e))) => Err(format!("the newest state cannot be read: {e}")),
        Err(e) => Err(format!("{}: {e}", file.display())),
    }
}

fn clear(dir: &Path) -> Result<(), String> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {e}", text(dir)?)),
        _ => Ok(()),
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Two runs hold the same files.
fn same(a: &Path, b: &Path) -> Result<(), String> {
    if names(a) != names(b) {
        return Err(format!("{} holds {:?}, {} {:?}", a.display(), names(a), b.display(), names(b)));
    }
    for name in names(a) {
        let read = |dir: &Path| fs::read(dir.join(&name)).map_err(|e| format!("{name}: {e}"));
        // The command line of each names its own folder.
        if name != "config.json" && read(a)? != read(b)? {
            return Err(format!("{name} of {} and {} differ", a.display(), b.display()));
        }
    }
    Ok(())
}
