//! One row on both sides: the ratios of neighbouring runs, and whether the row became slower.

use super::measurement::Measurement;
use crate::median::{median, quartiles};
use crate::peers::is_time;
use serde_json::{Value, json};
use sparring_math::simd::Isa;

/// A median ratio below this is a slower row: 3 %.
pub const LIMIT: f64 = 0.97;
/// Quartiles that lie further apart than this say that the machine was busy with something else.
const STEADY: f64 = 0.1;

/// What became of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Both ran it, run by run in turn.
    Measured {
        /// The older commit's runs.
        old: Vec<Measurement>,
        /// The working tree's runs.
        new: Vec<Measurement>,
    },
    /// One side has no such row: `true` if it is new in the working tree.
    OneSided {
        /// Whether the working tree is the side that has it.
        new: bool,
    },
    /// It cannot be run on this machine or without data.
    Skipped(String),
    /// One side failed.
    Failed {
        /// Whether the working tree failed.
        new: bool,
        /// What it said.
        why: String,
    },
}

/// A row with its instruction set and threads.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Row with its size: `act_relu_fwd@2^16`.
    pub row: String,
    /// Instruction set.
    pub isa: Isa,
    /// Threads.
    pub threads: usize,
    /// What became of it.
    pub outcome: Outcome,
}

impl Comparison {
    /// new / old of each pair of runs, as speeds: a time counts as its inverse. Empty unless measured.
    pub fn ratios(&self) -> Vec<f64> {
        let Outcome::Measured { old, new } = &self.outcome else { return Vec::new() };
        let pairs = old.iter().zip(new);
        let ratio = |(old, new): (&Measurement, &Measurement)| {
            if is_time(&new.metric) { old.value / new.value } else { new.value / old.value }
        };
        pairs.map(ratio).collect()
    }

    /// Whether the median ratio is below [`LIMIT`].
    pub fn slower(&self) -> bool {
        median(&self.ratios()) < LIMIT
    }

    /// Whether the ratios scatter so much that their median decides little.
    pub fn noisy(&self) -> bool {
        let [low, high] = quartiles(&self.ratios());
        high - low > STEADY
    }

    /// Whether `--strict` refuses it: slower, or broken in the working tree.
    pub fn refused(&self) -> bool {
        self.slower() || matches!(self.outcome, Outcome::Failed { new: true, .. })
    }

    /// Median of each side's runs: old, new.
    pub fn medians(&self) -> [f64; 2] {
        let Outcome::Measured { old, new } = &self.outcome else { return [f64::NAN; 2] };
        [old, new].map(|side| median(&side.iter().map(|m| m.value).collect::<Vec<_>>()))
    }

    /// For `--json`.
    pub fn json(&self) -> Value {
        let mut line = json!({"row": self.row, "isa": self.isa.to_string(), "threads": self.threads});
        match &self.outcome {
            Outcome::Measured { old, new } => {
                let ratios = self.ratios();
                let [low, high] = quartiles(&ratios);
                let side = |runs: &[Measurement], median: f64| json!({"median": median, "values": runs.iter().map(|m| m.value).collect::<Vec<_>>(), "loss": runs.first().map(|m| m.loss)});
                let [of_old, of_new] = self.medians();
                line["metric"] = json!(new.first().map(|m| m.metric.as_str()));
                line["ratio"] =
                    json!({"median": median(&ratios), "quartiles": [low, high], "values": ratios});
                (line["slower"], line["noisy"]) = (json!(self.slower()), json!(self.noisy()));
                (line["old"], line["new"]) = (side(old, of_old), side(new, of_new));
            }
            Outcome::OneSided { new } => line["only_in"] = json!(if *new { "new" } else { "old" }),
            Outcome::Skipped(why) => line["skipped"] = json!(why),
            Outcome::Failed { new, why } => {
                line["failed"] = json!({"in": if *new { "new" } else { "old" }, "why": why});
            }
        }
        line
    }
}

#[cfg(test)]
pub fn planted(row: &str, metric: &str, old: &[f64], new: &[f64]) -> Comparison {
    let runs = |values: &[f64]| {
        let one = |&value| Measurement { metric: metric.into(), value, loss: 0.5 };
        values.iter().map(one).collect()
    };
    let outcome = Outcome::Measured { old: runs(old), new: runs(new) };
    Comparison { row: row.into(), isa: Isa::Baseline, threads: 2, outcome }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_neighbours() {
        // The machine slows down by half in between: only the pairs show that nothing changed.
        let steady = planted("mlp", "examples/s", &[100.0, 100.0, 50.0], &[100.0, 98.0, 50.0]);
        assert_eq!(steady.ratios(), [1.0, 0.98, 1.0]);
        assert!(!steady.slower() && !steady.noisy());
        let slower = planted("mlp", "examples/s", &[100.0, 100.0, 100.0], &[96.0, 101.0, 96.5]);
        assert!(slower.slower() && slower.refused());
        assert_eq!(slower.medians(), [100.0, 96.5]);
        assert!(planted("mlp", "examples/s", &[100.0; 5], &[80.0, 90.0, 101.0, 104.0, 120.0]).noisy());
    }

    #[test]
    fn a_time_counts_as_its_inverse() {
        for metric in ["ms", "microseconds"] {
            assert_eq!(planted("startup", metric, &[2.0], &[4.0]).ratios(), [0.5]);
        }
    }

    #[test]
    fn only_a_failure_of_the_working_tree_is_refused() {
        let of = |outcome| Comparison { row: "r".into(), isa: Isa::Baseline, threads: 2, outcome };
        assert!(of(Outcome::Failed { new: true, why: String::new() }).refused());
        assert!(!of(Outcome::Failed { new: false, why: String::new() }).refused());
        assert!(!of(Outcome::OneSided { new: true }).refused());
        assert!(!of(Outcome::OneSided { new: false }).refused());
        assert!(!of(Outcome::Skipped(String::new())).refused());
    }

    #[test]
    fn json_holds_every_run() {
        let line = planted("mlp", "examples/s", &[4.0, 4.0], &[2.0, 6.0]).json();
        assert_eq!((&line["ratio"]["median"], &line["ratio"]["values"]), (&json!(1.0), &json!([0.5, 1.5])));
        assert_eq!(line["ratio"]["quartiles"], json!([0.75, 1.25]));
        assert_eq!((&line["old"]["values"], &line["new"]["median"]), (&json!([4.0, 4.0]), &json!(4.0)));
        assert_eq!((&line["slower"], &line["isa"]), (&json!(false), &json!("baseline")));
    }
}
