//! A program that runs rows pass by pass: ours, or a peer's.

use crate::run_program::isolated;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How it is started, and what it runs.
#[derive(Clone, Debug)]
pub struct Program {
    /// `sparring`, or the peer's name.
    pub peer: String,
    /// Program and first words.
    words: Vec<OsString>,
    /// Row (with its size) and variant; no variants for ours.
    pub offers: Vec<(String, String)>,
}

impl Program {
    /// Asks the program for its rows. Its lines are `row variant`, of ours `row`.
    ///
    /// # Errors
    /// If it cannot be started or fails.
    pub fn ask(peer: &str, program: &Path, first: &[PathBuf]) -> Result<Self, String> {
        let mut words = vec![program.into()];
        words.extend(first.iter().map(|p| p.clone().into_os_string()));
        let mut this = Self { peer: peer.into(), words, offers: Vec::new() };
        let output = this.command(2).arg("--list").stderr(Stdio::inherit()).output();
        let output = output.map_err(|e| format!("{peer} cannot be started: {e}"))?;
        if !output.status.success() {
            return Err(format!("{peer} does not list its rows: {}", output.status));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let offer = |line: &str| {
            let (row, variant) = line.split_once(' ').unwrap_or((line, ""));
            (row.to_string(), variant.to_string())
        };
        this.offers = text.lines().map(offer).collect();
        Ok(this)
    }

    /// The same without the first words, which chose its rows.
    pub fn alone(&self) -> Self {
        Self { words: self.words[..1].to_vec(), ..self.clone() }
    }

    /// The variants of a row.
    pub fn variants<'a>(&'a self, row: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.offers.iter().filter(move |(r, _)| r == row).map(|(_, v)| v.as_str())
    }

    /// The command with an environment that asks for this many threads and nothing else.
    pub fn command(&self, threads: usize) -> Command {
        let mut command = isolated(&self.words[0], threads);
        command.args(&self.words[1..]);
        command
    }
}
