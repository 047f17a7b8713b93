//! What was measured of one row of one program, and its JSON line.

use crate::median::median;
use serde_json::{Value, json};

/// The passes of one variant on one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// `sparring`, or the peer.
    pub peer: String,
    /// Empty for ours.
    pub variant: String,
    /// Row with its size: `act_relu_fwd@2^16`.
    pub row: String,
    /// Threads.
    pub threads: usize,
    /// Unit.
    pub metric: String,
    /// Each pass.
    pub values: Vec<f64>,
    /// Of the first pass.
    pub loss: f64,
    /// Of the last pass.
    pub loss_last: f64,
}

impl Figures {
    /// Nothing yet.
    pub fn new(peer: &str, variant: &str, row: &str, threads: usize) -> Self {
        let (peer, variant, row) = (peer.into(), variant.into(), row.into());
        let (loss, loss_last) = (f64::NAN, f64::NAN);
        Self { peer, variant, row, threads, metric: String::new(), values: Vec::new(), loss, loss_last }
    }

    /// The middle of the passes.
    pub fn median(&self) -> f64 {
        median(&self.values)
    }

    /// How many times as fast as `other` this is.
    pub fn ratio(&self, other: &Self) -> f64 {
        let ratio = self.median() / other.median();
        if is_time(&self.metric) { 1.0 / ratio } else { ratio }
    }

    /// The keys of `cargo xtask workloads --json`, and the peer, its variant and every pass.
    pub fn line(&self) -> Value {
        let (row, size) = self.row.split_once('@').unwrap_or((&self.row, ""));
        let (min, max) = self.values.iter().fold((f64::INFINITY, 0.0f64), |(a, b), &v| (a.min(v), b.max(v)));
        let mut line = json!({
            "workload": row, "threads": self.threads, "metric": self.metric, "median": self.median(), "min": min,
            "max": max, "loss": self.loss, "loss_last": self.loss_last, "peer": self.peer, "variant": self.variant,
            "samples": self.values.len(), "values": self.values,
        });
        if let Some(elements) = size.strip_prefix("2^").and_then(|p| p.parse().ok()).map(|p: u32| 1u64 << p) {
            line["elements"] = json!(elements);
        }
        line
    }

    /// From such a line; nothing if it is no line of figures.
    pub fn read(line: &Value) -> Option<Self> {
        let text = |key: &str| line[key].as_str().map(str::to_string);
        let number = |key: &str| line[key].as_f64().unwrap_or(f64::NAN);
        let size = line["elements"].as_u64().map_or(String::new(), |n| format!("@2^{}", n.ilog2()));
        Some(Self {
            peer: text("peer")?,
            variant: text("variant")?,
            row: text("workload")? + &size,
            threads: line["threads"].as_u64()? as usize,
            metric: text("metric")?,
            values: line["values"].as_array()?.iter().filter_map(Value::as_f64).collect(),
            loss: number("loss"),
            loss_last: number("loss_last"),
        })
    }
}

/// Whether less is better.
pub fn is_time(metric: &str) -> bool {
    matches!(metric, "microseconds" | "ms")
}

#[cfg(test)]
pub fn planted(peer: &str, variant: &str, row: &str, metric: &str, values: &[f64]) -> Figures {
    let metric = metric.to_string();
    Figures {
        metric,
        values: values.to_vec(),
        loss: 0.5,
        loss_last: 0.25,
        ..Figures::new(peer, variant, row, 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_back() {
        let figures = planted("torch", "out", "act_relu_fwd@2^16", "elements/s", &[3.0, 1.0, 2.0]);
        let line = figures.line();
        assert_eq!(
            (line["workload"].as_str(), line["elements"].as_u64()),
            (Some("act_relu_fwd"), Some(65536))
        );
        assert_eq!(
            (line["median"].as_f64(), line["min"].as_f64(), line["max"].as_f64()),
            (Some(2.0), Some(1.0), Some(3.0))
        );
        assert_eq!(Figures::read(&line).unwrap(), figures);
        assert_eq!(Figures::read(&json!({"about": 1})), None);
    }

    #[test]
    fn ratios_say_how_many_times_as_fast() {
        let of = |metric, v| planted("a", "", "r", metric, &[v]);
        assert_eq!(of("examples/s", 6.0).ratio(&of("examples/s", 2.0)), 3.0);
        assert_eq!(of("microseconds", 2.0).ratio(&of("microseconds", 6.0)), 3.0);
    }
}
