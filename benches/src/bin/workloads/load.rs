//! Reading the four files of MNIST, hashes checked as always, and starting the command.

use crate::pace::Metric;
use crate::row::{Row, Run};
use crate::setting::Outcome;
use sparring_datasets::mnist::{Kind, load_dir};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The rows of this file.
pub fn rows() -> Vec<Row> {
    vec![
        Row::new("mnist_load", Metric::Milliseconds, load()),
        Row::new("startup", Metric::Milliseconds, start()),
    ]
}

/// Four files to bytes in memory; the loss is the number of training examples.
fn load() -> Run {
    Box::new(|setting, pace| {
        let Some(folder) = &setting.data else {
            return Ok(Outcome::Skipped(
                "it reads the four files of MNIST: give their folder by --data DIR".into(),
            ));
        };
        loop {
            let set = load_dir(folder, Kind::Any).map_err(|e| e.to_string())?;
            if !pace.lap(1.0, || set.train.len() as f64) {
                return Ok(Outcome::Done);
            }
        }
    })
}

/// `sparring --version`, which lies beside this program; the loss is the length of what it prints.
fn start() -> Run {
    Box::new(|setting, pace| {
        let Some(program) = beside() else {
            return Ok(Outcome::Skipped("the command is not built: cargo build --release".into()));
        };
        let starts = setting.size(50, 1);
        loop {
            let mut printed = 0;
            for _ in 0..starts {
                let command = Command::new(&program).arg("--version").stdin(Stdio::null()).output();
                let output = command.map_err(|e| format!("the command cannot be started: {e}"))?;
                if !output.status.success() {
                    return Err(format!("`sparring --version` ended with {}", output.status));
                }
                printed = output.stdout.len();
            }
            if !pace.lap(starts as f64, || printed as f64) {
                return Ok(Outcome::Done);
            }
        }
    })
}

/// The command in the folder of this program.
fn beside() -> Option<PathBuf> {
    let name = format!("sparring{}", std::env::consts::EXE_SUFFIX);
    let program = std::env::current_exe().ok()?.with_file_name(name);
    program.is_file().then_some(program)
}
