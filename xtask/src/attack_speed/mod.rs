//! `cargo xtask attack-speed`: our attacks beside torchattacks, Foolbox and AutoAttack's own code, on one net and in turn.

mod rows;

use crate::machine;
use crate::median::median;
use crate::printed::last_json;
use crate::run_program::{isolated, root, sparring_release, text};
use flags::Flags;
use rows::{ROWS, Row};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

const USAGE: &str = "\
cargo xtask attack-speed RUN --data DIR [--venv DIR] [--autoattack DIR] [--only ROW,..] [--n N] [--arch NAME] [--threads N] [--passes N]

Attacks the first test images with the net of RUN, ours and each library in turn, and prints seconds of the attacks alone, the median of the ratios of
neighbouring runs, and how many images each left right: of a fast attack that finds less the table says so. Every library has the same weights
(model.safetensors of RUN), images, threads and settings; where ours leaves an image once it is fooled and a library does not, both are as they come.

  --data        a folder with the gzipped IDX files of MNIST
  --venv        a Python environment with torch, torchattacks, foolbox and safetensors; default: the one of `cargo xtask peers`
  --autoattack  a clone of github.com/fra31/auto-attack, whose rows are left out without it
  --only        rows; default: all
  --n           images of every row; default: each row's own
  --arch        fgsm-rs (the small convolutional net) or mlp; default: fgsm-rs
  --threads     default: 2
  --passes      runs of each; default: 3, and 1 of what takes over a minute";

/// Who takes longer than this for a run makes one.
const SLOW: f64 = 60.0;

struct Plan {
    run: PathBuf,
    data: PathBuf,
    venv: Option<PathBuf>,
    autoattack: Option<PathBuf>,
    only: Vec<String>,
    n: Option<usize>,
    arch: String,
    threads: usize,
    passes: usize,
}

fn read(words: &[String]) -> Result<Plan, String> {
    let (run, flagged) = words.split_first().filter(|(run, _)| !run.starts_with('-')).ok_or(USAGE)?;
    let mut plan = Plan {
        run: PathBuf::from(run),
        data: PathBuf::new(),
        venv: None,
        autoattack: None,
        only: Vec::new(),
        n: None,
        arch: "fgsm-rs".into(),
        threads: 2,
        passes: 3,
    };
    let mut flags = Flags::new(flagged);
    while let Some(flag) = flags.next_flag()? {
        match flag {
            "--data" => plan.data = PathBuf::from(flags.value()?),
            "--venv" => plan.venv = Some(PathBuf::from(flags.value()?)),
            "--autoattack" => plan.autoattack = Some(PathBuf::from(flags.value()?)),
            "--only" => plan.only = flags.list()?.collect(),
            "--n" => plan.n = Some(flags.count()?),
            "--arch" => plan.arch = flags.value()?.into(),
            "--threads" => plan.threads = flags.count()?,
            "--passes" => plan.passes = flags.count()?,
            _ => return Err(flags.unknown(USAGE)),
        }
    }
    if plan.data.as_os_str().is_empty() {
        return Err(format!("--data is missing\n\n{USAGE}"));
    }
    let unknown = plan.only.iter().find(|name| ROWS.iter().all(|row| row.name != name.as_str()));
    if let Some(name) = unknown {
        let known: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        return Err(format!("no row {name:?}; there are {}", known.join(", ")));
    }
    Ok(plan)
}

/// The libraries, in a process that keeps the net.
struct Libraries {
    child: Child,
    stdin: ChildStdin,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    /// Row and library.
    offers: Vec<(String, String)>,
}

/// One run.
#[derive(Clone, Copy, Debug)]
struct Ran {
    seconds: f64,
    left: u64,
}

impl Libraries {
    fn start(plan: &Plan, python: &Path) -> Result<Self, String> {
        let script = root().join("peers/python/attacks.py");
        let mut words: Vec<String> = vec![text(&script)?.into(), "--arch".into(), plan.arch.clone()];
        for (flag, path) in [("--weights", plan.run.join("model.safetensors")), ("--data", plan.data.clone())]
        {
            words.extend([flag.to_string(), text(&path)?.to_string()]);
        }
        if let Some(folder) = &plan.autoattack {
            words.extend(["--autoattack".into(), text(folder)?.to_string()]);
        }
        words.extend(["--threads".into(), plan.threads.to_string()]);
        let listed = isolated(python, plan.threads).args(&words).arg("--list").output();
        let listed = listed.map_err(|e| format!("{} cannot be started: {e}", python.display()))?;
        if !listed.status.success() {
            return Err(String::from_utf8_lossy(&listed.stderr).into_owned());
        }
        let offers = String::from_utf8_lossy(&listed.stdout).into_owned();
        let offers = offers.lines().filter_map(|line| line.split_once(' '));
        let offers = offers.map(|(row, library)| (row.to_string(), library.to_string())).collect();
        let mut command = isolated(python, plan.threads);
        command.args(&words).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            command.spawn().map_err(|e| format!("{} cannot be started: {e}", python.display()))?;
        let pipe = "no pipe to the libraries";
        let (stdin, stdout) = (child.stdin.take().ok_or(pipe)?, child.stdout.take().ok_or(pipe)?);
        let mut this = Self { child, stdin, lines: BufReader::new(stdout).lines(), offers };
        this.hear().map(|_| this)
    }
    /// The next answer.
    fn hear(&mut self) -> Result<Value, String> {
        loop {
            let line = self.lines.next().ok_or("the libraries have ended")?.map_err(|e| e.to_string())?;
            // They print lines of their own, too.
            if line.starts_with('{') {
                return serde_json::from_str(&line).map_err(|e| format!("{line:?}: {e}"));
            }
        }
    }
    fn run(&mut self, row: &Row, library: &str, n: usize) -> Result<Ran, String> {
        let asked = writeln!(self.stdin, "{} {library} {n}", row.name).and_then(|()| self.stdin.flush());
        asked.map_err(|e| format!("the libraries have ended: {e}"))?;
        let told = self.hear()?;
        let numbers = told["seconds"].as_f64().zip(told["left"].as_u64());
        numbers.map(|(seconds, left)| Ran { seconds, left }).ok_or_else(|| format!("{library}: {told}"))
    }
}

impl Drop for Libraries {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Our attack, as its own process.
fn ours(program: &Path, plan: &Plan, row: &Row, n: usize) -> Result<Ran, String> {
    let mut command = isolated(program, plan.threads);
    command.arg("attack").arg(&plan.run).arg("--data").arg(&plan.data).args(row.ours);
    command.args(["--n", &n.to_string(), "--threads", &plan.threads.to_string(), "--json"]);
    let output = command.output().map_err(|e| format!("{} cannot be started: {e}", program.display()))?;
    if !output.status.success() {
        return Err(format!("{}: {}", row.name, String::from_utf8_lossy(&output.stderr)));
    }
    let told = last_json(&String::from_utf8_lossy(&output.stdout))?;
    let attacks = told["attacks"].as_array().ok_or("no attacks in the report")?;
    let seconds = attacks.iter().filter_map(|a| a["seconds"].as_f64()).sum();
    let share = told["robust_accuracy"].as_f64().ok_or("no robust_accuracy in the report")?;
    Ok(Ran { seconds, left: (share * n as f64).round() as u64 })
}

/// Measures and prints.
///
/// # Errors
/// If a flag is wrong, or something cannot be run.
pub fn run(words: &[String]) -> Result<(), String> {
    if words.iter().any(|w| w == "--help" || w == "-h") {
        println!("{USAGE}");
        return Ok(());
    }
    let plan = read(words)?;
    let program = sparring_release()?;
    let venv = plan.venv.clone().map_or_else(|| crate::peers::cache("venv"), Ok)?;
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let mut libraries = Libraries::start(&plan, &python)?;
    println!("| attack | images | library | ours | theirs | theirs / ours | left by ours | left by theirs |");
    println!("|---|---|---|---|---|---|---|---|");
    for row in ROWS.iter().filter(|row| plan.only.is_empty() || plan.only.iter().any(|o| o == row.name)) {
        let names: Vec<String> =
            libraries.offers.iter().filter(|(r, _)| r == row.name).map(|(_, l)| l.clone()).collect();
        for library in names {
            let line = beside(&program, &plan, row, &library, &mut libraries)?;
            println!("{line}");
        }
    }
    let versions = "import importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in ('torch', 'torchattacks', 'foolbox')))";
    println!("\n{}", machine::sentence(&format!("cargo xtask attack-speed {}", words.join(" "))));
    println!("Python packages: {}.", machine::line(text(&python)?, &["-c", versions]));
    Ok(())
}

/// Runs in turn, and a line of the table.
fn beside(
    program: &Path,
    plan: &Plan,
    row: &Row,
    library: &str,
    libraries: &mut Libraries,
) -> Result<String, String> {
    let n = plan.n.unwrap_or(row.n);
    // What is loaded and compiled at the first call is not the attack's.
    libraries.run(row, library, n.min(4))?;
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..plan.passes {
        mine.push(ours(program, plan, row, n)?);
        theirs.push(libraries.run(row, library, n)?);
        if theirs[0].seconds > SLOW {
            break;
        }
    }
    let seconds = |runs: &[Ran]| median(&runs.iter().map(|r| r.seconds).collect::<Vec<_>>());
    let ratios: Vec<f64> = mine.iter().zip(&theirs).map(|(a, b)| b.seconds / a.seconds).collect();
    let (a, b) = (seconds(&mine), seconds(&theirs));
    let (name, left, theirs) = (row.name, mine[0].left, theirs[0].left);
    Ok(format!(
        "| {name} | {n} | {library} | {a:.3} s | {b:.2} s | {:.1} | {left} | {theirs} |",
        median(&ratios)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read() {
        let words = |text: &str| text.split_whitespace().map(String::from).collect::<Vec<_>>();
        let plan = read(&words("runs/a --data d --only pgd,fgsm --n 7 --passes 2")).unwrap();
        assert_eq!((plan.n, plan.passes, plan.only.len(), plan.threads), (Some(7), 2, 2, 2));
        assert!(read(&words("runs/a")).is_err_and(|e| e.contains("--data is missing")));
        assert!(read(&words("--data d")).is_err_and(|e| e.contains("RUN")));
        assert!(read(&words("r --data d --only pdg")).is_err_and(|e| e.contains("no row \"pdg\"")));
    }

    #[test]
    fn every_row_is_of_the_script_too() {
        let script = std::fs::read_to_string(root().join("peers/python/attacks.py")).unwrap();
        for row in ROWS {
            assert!(
                script.contains(&format!("\n    \"{}\": {{", row.name)),
                "{} is not in the script",
                row.name
            );
        }
        let table = script.split_once("\nROWS = {").unwrap().1.split_once("\n}").unwrap().0;
        assert_eq!(table.matches("\n    \"").count(), ROWS.len(), "the script has other rows");
    }
}
