//! One command of a cell, as a process of its own: what it does to itself it does not do to the others.

use super::files::Files;
use crate::cli::commands::shards::executable;
use crate::cli::io::signal;
use crate::cli::{Failure, Outcome};
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};

/// A process that ends with this one: the other end of its stdin is here.
pub(super) struct Child {
    process: std::process::Child,
    stdin: Option<ChildStdin>,
    told: PathBuf,
}

/// Whether a command of the cell is at work, of a sweep that was killed, say.
pub(super) fn is_at_work(files: &Files, name: &str) -> bool {
    let log = File::options().append(true).open(files.told(name));
    log.is_ok_and(|log| matches!(log.try_lock(), Err(TryLockError::WouldBlock)))
}

/// How a process ended.
pub(super) enum Ended {
    Well,
    /// By a signal that it answered: it has saved what it had.
    Stopped,
    /// The line that says why.
    Failed(String),
}

impl Child {
    /// Starts the command with these words; its stdout goes to `out`.
    pub(super) fn start(words: &[OsString], out: &Path, files: &Files, name: &str) -> Outcome<Self> {
        let told = files.told(name);
        let log = File::options().create(true).append(true).open(&told).map_err(|e| Failure::at(&told, e))?;
        // The process has the lock with its stderr, for as long as it lives, whatever becomes of this one.
        if let Err(TryLockError::WouldBlock) = log.try_lock() {
            return Err(Failure::at(&told, "a process that was left behind still writes there"));
        }
        // A new file: one that was left behind writes into its own.
        let _ = std::fs::remove_file(out);
        let out = File::create(out).map_err(|e| Failure::at(out, e))?;
        let mut command = Command::new(executable()?);
        command.args(words).env(signal::ENDS_WITH_STDIN, "1");
        let started = command.stdin(Stdio::piped()).stdout(out).stderr(log).spawn();
        let mut process =
            started.map_err(|e| Failure::Failed(format!("{name}: its process does not start: {e}")))?;
        let stdin = process.stdin.take();
        Ok(Self { process, stdin, told })
    }
    /// Asks it to save and end.
    pub(super) fn stop(&mut self) {
        self.stdin = None;
    }
    /// How it ended; `None` while it lives.
    pub(super) fn ended(&mut self) -> Outcome<Option<Ended>> {
        let Some(status) = self.process.try_wait()? else { return Ok(None) };
        Ok(Some(match status.code() {
            Some(0) => Ended::Well,
            Some(129 | 130 | 143) => Ended::Stopped,
            _ => Ended::Failed(reason(status, &self.told)),
        }))
    }
}

/// Dropped while it lives, it saves and ends by itself.
impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Bytes at the end of a log that are looked at.
const TAIL: u64 = 16 << 10;

/// Why a process failed: the error it printed last, else how it ended.
fn reason(status: ExitStatus, told: &Path) -> String {
    #[cfg(unix)]
    if let Some(number) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let memory =
            if number == 9 { ", as the system does where memory is short: try fewer --jobs" } else { "" };
        return format!("its process was ended by signal {number}{memory}");
    }
    let tail = || {
        let mut file = File::open(told).ok()?;
        let length = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).ok()?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = tail().unwrap_or_default();
    let said = |mark: &str| {
        text.lines().rev().find_map(|line| line.split_once(mark)).map(|(_, what)| what.to_string())
    };
    match status.code() {
        Some(101) => format!(
            "its process panicked{}",
            said("panicked at ").map_or(String::new(), |at| format!(" at {at}"))
        ),
        code => said("sparring: ").unwrap_or_else(|| match code {
            Some(code) => format!("its process ended with code {code}"),
            None => "its process ended".into(),
        }),
    }
}
