//! Flags and the clock; the same conversation as `pace.rs` of the workloads and `clock.py`.

use serde_json::json;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Instant;

/// The flags, read.
#[derive(Clone, Default)]
pub struct Arguments {
    pub only: String,
    pub variant: String,
    pub threads: usize,
    pub samples: usize,
    pub data: PathBuf,
    pub paced: bool,
    pub list: bool,
}

impl Arguments {
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let mut found = Self { threads: 2, samples: 7, ..Self::default() };
        let mut words = words.iter();
        while let Some(flag) = words.next() {
            let mut value = || words.next().cloned().ok_or(format!("{flag} lacks its value"));
            let number = |text: String| text.parse().map_err(|_| format!("{flag}: {text:?} is no number"));
            match flag.as_str() {
                "--only" => found.only = value()?,
                "--variant" => found.variant = value()?,
                "--threads" => found.threads = number(value()?)?,
                "--samples" => found.samples = number(value()?)?,
                "--data" => found.data = value()?.into(),
                "--paced" => found.paced = true,
                "--list" => found.list = true,
                _ => return Err(format!("{flag:?} is no flag")),
            }
        }
        Ok(found)
    }
}

/// Counts and times the passes of one row.
pub struct Pace<'a> {
    arguments: &'a Arguments,
    peer: &'a str,
    metric: &'static str,
    values: Vec<f64>,
    first: Option<f64>,
    begun: Instant,
}

impl<'a> Pace<'a> {
    pub fn new(arguments: &'a Arguments, peer: &'a str, metric: &'static str) -> Self {
        Self { arguments, peer, metric, values: Vec::new(), first: None, begun: Instant::now() }
    }

    /// Ends a pass of this much work; the loss is computed off the clock. Whether there is more to do.
    pub fn lap(&mut self, work: f64, loss: impl FnOnce() -> f64) -> bool {
        let seconds = self.begun.elapsed().as_secs_f64();
        let value = match self.metric {
            "microseconds" => seconds / work * 1e6,
            "GFLOP/s" => work / seconds / 1e9,
            _ => work / seconds,
        };
        let last = loss();
        if self.first.is_none() {
            self.first = Some(last);
            self.tell(&json!({"ready": true, "metric": self.metric, "loss": last}));
        } else {
            self.values.push(value);
            self.tell(&json!({"value": value, "loss": last}));
        }
        let more = if self.arguments.paced {
            std::io::stdin().lock().read_line(&mut String::new()).is_ok_and(|n| n > 0)
        } else {
            self.values.len() < self.arguments.samples
        };
        if !more && !self.arguments.paced {
            self.record(last);
        }
        self.begun = Instant::now();
        more
    }

    fn tell(&self, line: &serde_json::Value) {
        if self.arguments.paced {
            println!("{line}");
            let _ = std::io::stdout().flush();
        }
    }

    fn record(&mut self, last: f64) {
        self.values.sort_by(f64::total_cmp);
        let (n, a) = (self.values.len(), self.arguments);
        let median = (self.values[(n - 1) / 2] + self.values[n / 2]) / 2.0;
        println!(
            "{}",
            json!({"workload": a.only, "threads": a.threads, "metric": self.metric, "median": median, "min": self.values[0],
                "max": self.values[n - 1], "loss": self.first, "loss_last": last, "samples": n, "peer": self.peer,
                "variant": a.variant})
        );
    }
}

/// Passes of as many calls as take about a tenth of a second.
pub fn passes<R>(
    pace: &mut Pace<'_>,
    work: f64,
    mut call: impl FnMut() -> Result<R, Box<dyn std::error::Error>>,
    loss: impl Fn(&R) -> f64,
) -> crate::Outcome {
    let mut count = 1;
    loop {
        let begun = Instant::now();
        for _ in 0..count {
            call()?;
        }
        let took = begun.elapsed().as_secs_f64();
        if took > 0.025 {
            count = ((count as f64 * 0.1 / took).ceil() as usize).max(1);
            break;
        }
        count *= 2;
    }
    loop {
        for _ in 1..count {
            call()?;
        }
        let last = call()?;
        if !pace.lap(count as f64 * work, || loss(&last)) {
            return Ok(());
        }
    }
}
