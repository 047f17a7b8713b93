//! Progress on stderr: a bar with the time left on a terminal, plain lines otherwise.

use super::{say, signal};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sparring::attacks::Progress as AttackProgress;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// One piece of work with a known length.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    label: String,
    terminal: bool,
    begun: Instant,
    said: std::cell::Cell<Instant>,
    length: u64,
}

/// On a plain stream a line this often is enough.
const PAUSE: Duration = Duration::from_secs(5);

impl Progress {
    /// A bar for `length` steps of something.
    pub(crate) fn new(label: impl Into<String>, length: u64) -> Self {
        let (label, terminal) = (label.into(), std::io::stderr().is_terminal());
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(length), target);
        let style =
            ProgressStyle::with_template("{prefix:24} {bar:32} {percent:>3} %  {eta} left  {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(label.clone());
        let now = Instant::now();
        Self { bar, label, terminal, begun: now, said: std::cell::Cell::new(now), length }
    }
    /// `done` steps are done.
    pub(crate) fn at(&self, done: u64, message: &str) {
        self.bar.set_position(done);
        self.bar.set_message(message.to_string());
        if !self.terminal && self.said.get().elapsed() >= PAUSE && done > 0 && done < self.length {
            self.said.set(Instant::now());
            let spent = self.begun.elapsed().as_secs_f64();
            let left = spent * (self.length as f64 / done as f64 - 1.0);
            say::note(&format!(
                "{}: {:.0} %, {left:.0} s left, {message}",
                self.label,
                100.0 * done as f64 / self.length as f64
            ));
        }
    }
    /// A line that stays.
    pub(crate) fn line(&self, text: &str) {
        self.bar.suspend(|| say::note(&format!("{}: {text}", self.label)));
        self.said.set(Instant::now());
    }
    /// Ends the bar.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar over the images of an evaluation, called from its worker threads.
#[derive(Debug)]
pub(crate) struct AttackBar {
    bar: std::sync::Mutex<Progress>,
    /// Images of an attack.
    n: usize,
}

impl AttackBar {
    /// For `attacks` attacks on `n` images each.
    pub(crate) fn new(label: impl Into<String>, attacks: usize, n: usize) -> Self {
        Self { bar: std::sync::Mutex::new(Progress::new(label, (attacks * n) as u64)), n }
    }
    /// What `evaluate_with` calls.
    pub(crate) fn show(&self, p: AttackProgress<'_>) {
        if let Some(number) = signal::asked() {
            // Half an evaluation is no measurement.
            signal::leave(number);
        }
        // Of an attack that was given fewer each counts for more: the bar never runs backwards.
        let done = p.index * self.n + p.done * self.n / p.total.max(1);
        if let Ok(bar) = self.bar.lock() {
            bar.at(done as u64, p.attack);
        }
    }
    /// Ends the bar.
    pub(crate) fn finish(&self) {
        if let Ok(bar) = self.bar.lock() {
            bar.finish();
        }
    }
}
