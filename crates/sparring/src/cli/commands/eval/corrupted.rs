//! Accuracy on corrupted copies of the examples, kind by kind and severity by severity.

use crate::cli::Outcome;
use crate::cli::commands::examples::Examples;
use crate::cli::io::json::json;
use crate::cli::io::say;
use crate::cli::io::table::table;
use crate::cli::options::{List, twice};
use rayon::prelude::*;
use serde_json::Value;
use sparring::datasets::corruptions::AnyCorruption;
use sparring::math::named::Family as _;
use sparring::models::ClassifierNet;
use sparring::seed::Key;
use sparring::train::accuracy;
use std::str::FromStr;

/// What `--corruptions` names: kinds, of which every severity is measured.
#[derive(Clone, Debug)]
pub(super) struct Kinds(Vec<AnyCorruption>);

impl FromStr for Kinds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self(AnyCorruption::TABLE.at_defaults()));
        }
        if text.contains('(') {
            return Err("all severities are measured: name the corruptions alone".into());
        }
        let List(kinds) = text.parse::<List<AnyCorruption>>()?;
        match twice(&kinds) {
            Some(kind) => Err(format!("{} is named twice; name it once", kind.name())),
            None => Ok(Self(kinds)),
        }
    }
}

/// From faint to strong.
const SEVERITIES: [usize; 5] = [1, 2, 3, 4, 5];

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The entries of the object of `--json`, and the table. What an image becomes depends on the seed, the kind, the severity and the image alone.
pub(super) fn measure(
    model: &ClassifierNet,
    examples: &Examples,
    Kinds(kinds): &Kinds,
    seed: u64,
) -> Outcome<([(&'static str, Value); 2], String)> {
    let key = Key::new(seed).named("eval");
    say::note(&format!("{} corruptions in {} severities ..", kinds.len(), SEVERITIES.len()));
    let jobs: Vec<AnyCorruption> =
        kinds.iter().flat_map(|kind| SEVERITIES.map(|severity| kind.at(severity))).collect();
    let measured = |kind: &AnyCorruption| Ok(accuracy(model, &kind.corrupt(&examples.split, key)?)?);
    let accuracies = jobs.par_iter().map(measured).collect::<Outcome<Vec<f64>>>()?;
    let of_kind = || kinds.iter().zip(accuracies.chunks_exact(SEVERITIES.len()));
    let rows = of_kind().map(|(kind, of)| {
        json!({ "corruption": kind.name(), "follows": kind.follows().word(), "accuracy": of, "mean": mean(of) })
    });
    let over_all = mean(&accuracies);
    let entries = [("corruptions", Value::Array(rows.collect())), ("corruptions_mean", over_all.into())];
    let percent = |v: f64| format!("{:.2}", 100.0 * v);
    let line = |name: &str, of: &[f64]| {
        let cells = of.iter().copied().chain([mean(of)]).map(percent);
        std::iter::once(name.to_string()).chain(cells).collect::<Vec<_>>()
    };
    let mut lines: Vec<_> = of_kind().map(|(kind, of)| line(kind.name(), of)).collect();
    let column = |i: usize| mean(&of_kind().map(|(_, of)| of[i]).collect::<Vec<_>>());
    lines.push(line("mean", &SEVERITIES.map(|severity| column(severity - 1))));
    let headers = ["corruption", "1", "2", "3", "4", "5", "mean"];
    Ok((entries, format!("accuracy in % on corrupted examples, by severity\n{}", table(&headers, &lines))))
}
