//! A running program with one row: warm, and waiting for the word to make a pass.

use super::figures::Figures;
use super::program::Program;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A pass that takes longer than this is not waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// Who takes longer than this for a pass makes [`FEW`] of them.
const SLOW: Duration = Duration::from_secs(8);
const FEW: usize = 3;

/// One row of one variant of one program.
pub struct Contender {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    errors: tempfile::NamedTempFile,
    slow: bool,
    /// What was measured.
    pub figures: Figures,
}

impl Contender {
    /// Starts the program and waits until it is warm.
    ///
    /// # Errors
    /// If it ends before, with the last line of its errors.
    pub fn start(
        program: &Program,
        row: &str,
        variant: &str,
        threads: usize,
        data: &Path,
    ) -> Result<Self, String> {
        let trouble = |e: std::io::Error| format!("{} cannot be started: {e}", program.peer);
        let errors = tempfile::NamedTempFile::new().map_err(trouble)?;
        let mut command = program.command(threads);
        command.args(["--only", row, "--threads", &threads.to_string(), "--paced", "--data"]).arg(data);
        if !variant.is_empty() {
            command.args(["--variant", variant]);
        }
        let log: File = errors.reopen().map_err(trouble)?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().map_err(trouble)?;
        let (tell, lines) = channel();
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().ok_or("no pipe")?;
        // Ends with the program.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        let figures = Figures::new(&program.peer, variant, row, threads);
        let mut this = Self { child, stdin, lines, errors, slow: false, figures };
        let ready = this.hear()?;
        this.figures.metric = ready["metric"].as_str().unwrap_or_default().into();
        this.figures.loss = ready["loss"].as_f64().unwrap_or(f64::NAN);
        Ok(this)
    }

    /// Has it make a pass, the `round`-th; nothing if it is slow and has made enough.
    ///
    /// # Errors
    /// If it fails.
    pub fn pass(&mut self, round: usize) -> Result<(), String> {
        if self.slow && round >= FEW {
            return Ok(());
        }
        let begun = Instant::now();
        if let Some(stdin) = &mut self.stdin {
            // A program that has ended is heard of below.
            let _ = stdin.write_all(b"\n").and_then(|()| stdin.flush());
        }
        let told = self.hear()?;
        self.slow |= begun.elapsed() > SLOW;
        self.figures.values.push(told["value"].as_f64().unwrap_or(f64::NAN));
        self.figures.loss_last = told["loss"].as_f64().unwrap_or(f64::NAN);
        Ok(())
    }

    /// The next line, which is JSON.
    fn hear(&mut self) -> Result<Value, String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                // Libraries may print lines of their own.
                Ok(line) if line.starts_with('{') => {
                    return serde_json::from_str(&line).map_err(|e| format!("{line:?}: {e}"));
                }
                Ok(_) => {}
                Err(_) => return Err(self.reason()),
            }
        }
    }

    fn reason(&mut self) -> String {
        let text = std::fs::read_to_string(self.errors.path()).unwrap_or_default();
        text.lines()
            .rfind(|l| !l.trim().is_empty())
            .map_or("it says nothing, and waits or has ended".into(), str::to_string)
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        // The end of its input ends the program; one that hangs is ended.
        self.stdin = None;
        let end = Instant::now() + Duration::from_secs(3);
        while Instant::now() < end {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
