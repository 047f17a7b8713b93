//! One of the two programs that are compared.

use super::measurement::Measurement;
use crate::run_program::isolated;
use sparring_math::simd::Isa;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How a run of a row is set up, the same for both sides.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Instruction set that is forced.
    pub isa: Isa,
    /// Threads.
    pub threads: usize,
    /// Timed passes.
    pub samples: usize,
    /// Folder of the data.
    pub data: Option<&'a Path>,
}

/// The workloads of a commit.
#[derive(Clone, Debug)]
pub struct Side {
    /// The commit, for people.
    pub commit: String,
    /// Where the program lies.
    pub program: PathBuf,
}

/// The rows of a side.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// Those that it has, in its order.
    pub rows: Vec<String>,
    /// Words that it does not know, and what it says against each.
    pub unknown: Vec<(String, String)>,
}

impl Side {
    /// The rows that it has of those asked for; all for no words.
    ///
    /// # Errors
    /// If it cannot be started or does not list its rows.
    pub fn rows(&self, only: &[String]) -> Result<Listing, String> {
        let all = self.list(&[])?.map_err(|why| format!("{} does not list its rows: {why}", self.commit))?;
        let (mut wanted, mut unknown) = (Vec::new(), Vec::new());
        for word in only {
            match self.list(&["--only", word])? {
                Ok(rows) => wanted.extend(rows),
                Err(why) => unknown.push((word.clone(), why)),
            }
        }
        let rows = all.into_iter().filter(|row| only.is_empty() || wanted.contains(row)).collect();
        Ok(Listing { rows, unknown })
    }

    /// The rows that these words choose, or what the program says against them.
    fn list(&self, words: &[&str]) -> Result<Result<Vec<String>, String>, String> {
        let mut command = isolated(&self.program, 1);
        let output = self.output(command.arg("--list").args(words))?;
        Ok(match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect()),
            false => Err(last_line(&output.stderr)),
        })
    }

    /// Runs the row once.
    ///
    /// # Errors
    /// If the program cannot be started or fails; or, as `Ok(Err(why))`, if it skips the row.
    pub fn measure(&self, row: &str, setting: Setting<'_>) -> Result<Result<Measurement, String>, String> {
        let mut command = isolated(&self.program, setting.threads);
        command.env("SPARRING_ISA", setting.isa.to_string()).args(["--json", "--only", row]);
        command.args(["--threads", &setting.threads.to_string(), "--samples", &setting.samples.to_string()]);
        if let Some(data) = setting.data {
            command.arg("--data").arg(data);
        }
        let output = self.output(&mut command)?;
        if !output.status.success() {
            return Err(format!("{} on {row}: {}", self.commit, last_line(&output.stderr)));
        }
        let printed = String::from_utf8_lossy(&output.stdout);
        let read = Measurement::read(&printed, row).map_err(|e| format!("{} on {row}: {e}", self.commit))?;
        Ok(read.ok_or_else(|| last_line(&output.stderr)))
    }

    fn output(&self, command: &mut Command) -> Result<Output, String> {
        command.output().map_err(|e| format!("{} cannot be started: {e}", self.program.display()))
    }
}

fn last_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    text.lines().rfind(|l| !l.trim().is_empty()).unwrap_or("it says nothing").to_string()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A program that answers as the workloads do: it knows `mlp` and `copy@2^16`, skips `load` and fails on `broken`.
    fn planted(folder: &Path) -> Side {
        let script = r#"#!/bin/sh
case "$*" in
  --list) printf 'mlp\ncopy@2^16\nload\nbroken\n' ;;
  "--list --only mlp") echo mlp ;;
  "--list --only "*) echo "workloads: no workload is called that" >&2; exit 1 ;;
  *"--only mlp --threads 3 --samples 5") echo "{\"workload\":\"mlp\",\"metric\":\"$SPARRING_ISA\",\"median\":$RAYON_NUM_THREADS,\"loss\":0.5}" ;;
  *"--only load"*) echo "workloads: load skipped: no data" >&2 ;;
  *) echo "workloads: it broke" >&2; exit 1 ;;
esac
"#;
        let (text, program) = (folder.join("text"), folder.join("workloads"));
        std::fs::write(&text, script).unwrap();
        // Copied by another process: a file that this one has open for writing, in a child of another test for instance, cannot be executed.
        assert!(Command::new("cp").arg(&text).arg(&program).status().unwrap().success());
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Side { commit: "planted".into(), program }
    }

    #[test]
    fn a_program_is_asked_as_the_workloads_are() {
        let folder = tempfile::tempdir().unwrap();
        let side = planted(folder.path());
        assert_eq!(side.rows(&[]).unwrap().rows, ["mlp", "copy@2^16", "load", "broken"]);
        let Listing { rows, unknown } = side.rows(&["new".into(), "mlp".into()]).unwrap();
        assert_eq!((rows, unknown.len()), (vec!["mlp".to_string()], 1));
        assert!(unknown[0].0 == "new" && unknown[0].1.contains("no workload"));
        let setting = Setting { isa: Isa::Baseline, threads: 3, samples: 5, data: None };
        let got = side.measure("mlp", setting).unwrap().unwrap();
        assert_eq!(got, Measurement { metric: "baseline".into(), value: 3.0, loss: 0.5 });
        assert!(side.measure("load", setting).unwrap().unwrap_err().contains("no data"));
        assert!(side.measure("broken", setting).unwrap_err().contains("it broke"));
    }
}
