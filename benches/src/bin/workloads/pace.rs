//! The clock: one pass to warm up, then timed ones, either at once or each when another program asks for it.

use crate::arguments::Arguments;
use std::io::{BufRead, Write};
use std::time::Instant;

/// What a row is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Work over time.
    Rate(&'static str),
    /// Billions of operations over time.
    Giga(&'static str),
    /// Time over work, in millionths of a second.
    Microseconds,
    /// Time over work, in thousandths of a second.
    Milliseconds,
}

impl Metric {
    /// The unit.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rate(name) | Self::Giga(name) => name,
            Self::Microseconds => "microseconds",
            Self::Milliseconds => "ms",
        }
    }
    /// The figure for this much work in this time.
    pub fn of(self, work: f64, seconds: f64) -> f64 {
        match self {
            Self::Rate(_) => work / seconds,
            Self::Giga(_) => work / seconds / 1e9,
            Self::Microseconds => seconds / work * 1e6,
            Self::Milliseconds => seconds / work * 1e3,
        }
    }
}

/// Counts and times the passes of a row.
#[derive(Debug)]
pub struct Pace {
    metric: Metric,
    samples: usize,
    paced: bool,
    begun: Instant,
    warm: bool,
    /// The figures of the timed passes.
    pub values: Vec<f64>,
    /// Loss of the pass that warmed up: that of one pass from the first weights.
    pub loss: f64,
    /// Loss of the last timed pass.
    pub last: f64,
}

impl Pace {
    /// A clock for one row.
    pub fn new(metric: Metric, arguments: &Arguments) -> Self {
        let (samples, paced) = (arguments.samples, arguments.paced);
        let (begun, values) = (Instant::now(), Vec::new());
        Self { metric, samples, paced, begun, warm: false, values, loss: f64::NAN, last: f64::NAN }
    }

    /// Ends a pass of this much `work` begun when the last one ended; `loss` is computed off the clock. The first pass warms up.
    /// Waits for a line where another program sets the pace, then starts the clock again. `false` when the row is done.
    pub fn lap(&mut self, work: f64, loss: impl FnOnce() -> f64) -> bool {
        let value = self.metric.of(work, self.begun.elapsed().as_secs_f64());
        self.last = loss();
        if self.warm {
            self.values.push(value);
            self.tell(&serde_json::json!({"value": value, "loss": self.last}));
        } else {
            (self.warm, self.loss) = (true, self.last);
            self.tell(&serde_json::json!({"ready": true, "metric": self.metric.name(), "loss": self.last}));
        }
        let more = if self.paced { asked() } else { self.values.len() < self.samples };
        self.begun = Instant::now();
        more
    }

    /// Median, least and largest figure.
    pub fn spread(&self) -> [f64; 3] {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        match n {
            0 => [f64::NAN; 3],
            _ => [(sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0, sorted[0], sorted[n - 1]],
        }
    }

    fn tell(&self, line: &serde_json::Value) {
        if self.paced {
            println!("{line}");
            // Nobody listens any more: the next wait ends the row.
            let _ = std::io::stdout().flush();
        }
    }

    /// Whether another program sets the pace.
    pub fn paced(&self) -> bool {
        self.paced
    }
}

/// Waits for a line; `false` at the end of the input.
fn asked() -> bool {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).is_ok_and(|n| n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_pass_is_not_counted() {
        let arguments = Arguments { samples: 2, ..Arguments::default() };
        let mut pace = Pace::new(Metric::Rate("things/s"), &arguments);
        let more: Vec<bool> = (0..3).map(|i| pace.lap(10.0, || f64::from(i))).collect();
        assert_eq!(more, [true, true, false]);
        assert_eq!((pace.values.len(), pace.loss, pace.last), (2, 0.0, 2.0));
        pace.values = vec![3.0, 1.0, 2.0, 4.0];
        assert_eq!(pace.spread(), [2.5, 1.0, 4.0]);
    }

    #[test]
    fn units() {
        assert_eq!(Metric::Rate("a").of(10.0, 2.0), 5.0);
        assert_eq!(Metric::Giga("a").of(4e9, 2.0), 2.0);
        assert_eq!(Metric::Microseconds.of(2.0, 1.0), 5e5);
        assert_eq!(Metric::Milliseconds.of(2.0, 1.0), 500.0);
    }
}
