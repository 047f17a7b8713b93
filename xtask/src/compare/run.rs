//! Builds both programs and runs their rows in turn, a fresh process each time: where a process gets its memory changes its speed by some percent,
//! and would favour one side in all passes of a row.

use super::arguments::{Arguments, USAGE};
use super::comparison::{Comparison, Outcome};
use super::side::{Setting, Side};
use super::{checkout, markdown};
use crate::machine;
use crate::workloads::thread_counts;
use serde_json::json;
use sparring_math::simd::{Isa, isa_request};
use std::collections::BTreeSet;

/// Runs the comparison.
///
/// # Errors
/// If a flag is wrong, a program does not build, a word of `--only` is known to neither, or with `--strict` a row is refused.
pub fn run(words: &[String]) -> Result<(), String> {
    let arguments = Arguments::parse(words)?;
    if arguments.help {
        println!("{USAGE}");
        return Ok(());
    }
    let isas = match &arguments.isas[..] {
        [] => vec![isa_request().map_err(|e| e.to_string())?],
        asked => asked.to_vec(),
    };
    let hash = checkout::commit(&arguments.revision)?;
    let programs = checkout::programs(&arguments.only);
    let new = Side { commit: machine::commit(), program: checkout::build_working_tree(&programs)? };
    let old = Side { commit: machine::describe(&hash), program: checkout::build(&hash, &programs)? };
    let all = compare([&old, &new], &isas, &arguments)?;
    show([&old, &new], &all, &arguments, words)?;
    let refused: Vec<&str> = all.iter().filter(|c| c.refused()).map(|c| c.row.as_str()).collect();
    match refused.is_empty() || !arguments.strict {
        true => Ok(()),
        false => Err(format!("slower or broken: {}", refused.join(", "))),
    }
}

/// Every row that one side has, on every instruction set.
fn compare(sides: [&Side; 2], isas: &[Isa], arguments: &Arguments) -> Result<Vec<Comparison>, String> {
    let [old, new] = [sides[0].rows(&arguments.only)?, sides[1].rows(&arguments.only)?];
    if let Some((_, why)) = new.unknown.iter().find(|(word, _)| old.unknown.iter().any(|(w, _)| w == word)) {
        return Err(why.clone());
    }
    let data = arguments.data.as_ref().map(|d| d.canonicalize().map_err(|e| format!("{}: {e}", d.display())));
    let data = data.transpose()?;
    let mut all = Vec::new();
    for &isa in isas {
        for (row, which) in union(&old.rows, &new.rows) {
            for threads in thread_counts(row, arguments.threads) {
                let setting = Setting { isa, threads, samples: arguments.samples, data: data.as_deref() };
                let outcome = match which {
                    Which::Both => take_turns(sides, row, setting, arguments.passes),
                    Which::Old => Outcome::OneSided { new: false },
                    Which::New => Outcome::OneSided { new: true },
                };
                all.push(Comparison { row: row.into(), isa, threads, outcome });
                tell(&all[all.len() - 1]);
            }
        }
    }
    Ok(all)
}

/// Which side has a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Both,
    Old,
    New,
}

/// The rows of the working tree in its order, then those that it lacks.
fn union<'a>(old: &'a [String], new: &'a [String]) -> Vec<(&'a str, Which)> {
    let here = new.iter().map(|row| (row.as_str(), if old.contains(row) { Which::Both } else { Which::New }));
    let gone = old.iter().filter(|row| !new.contains(row)).map(|row| (row.as_str(), Which::Old));
    here.chain(gone).collect()
}

/// Old, new, old, new ..: `passes` runs of each.
fn take_turns(sides: [&Side; 2], row: &str, setting: Setting<'_>, passes: usize) -> Outcome {
    let mut runs = [Vec::new(), Vec::new()];
    for _ in 0..passes {
        for (i, side) in sides.into_iter().enumerate() {
            match side.measure(row, setting) {
                Ok(Ok(measurement)) => runs[i].push(measurement),
                Ok(Err(why)) => return Outcome::Skipped(why),
                Err(why) => return Outcome::Failed { new: i == 1, why },
            }
        }
    }
    let [old, new] = runs;
    Outcome::Measured { old, new }
}

fn tell(c: &Comparison) {
    match &c.outcome {
        Outcome::Measured { .. } => eprint!("{} {}", c.isa, markdown::line(c)),
        Outcome::OneSided { new: true } => eprintln!("compare: {} is new", c.row),
        Outcome::OneSided { new: false } => eprintln!("compare: warning: {} is gone", c.row),
        Outcome::Skipped(why) => eprintln!("compare: {} skipped: {why}", c.row),
        Outcome::Failed { why, .. } => eprintln!("compare: warning: {} failed: {why}", c.row),
    }
}

fn show(
    [old, new]: [&Side; 2],
    all: &[Comparison],
    arguments: &Arguments,
    words: &[String],
) -> Result<(), String> {
    let command = format!("cargo xtask compare {}", words.join(" "));
    let about = format!("{} Old: {}; new: {}.", machine::sentence(&command), old.commit, new.commit);
    let page = markdown::page(all, &about);
    if let Some(path) = &arguments.out {
        std::fs::write(path, &page).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    if arguments.json {
        let isas: BTreeSet<String> = all.iter().map(|c| c.isa.to_string()).collect();
        let about = json!({
            "cpu": machine::cpu(), "cores": machine::cores(), "rustc": machine::rustc(), "day": machine::day(), "command": command,
            "isas": isas, "old": old.commit, "new": new.commit, "passes": arguments.passes, "samples": arguments.samples,
        });
        println!("{}", json!({"about": about, "rows": all.iter().map(Comparison::json).collect::<Vec<_>>()}));
    } else {
        print!("{page}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_either_side_are_listed_once() {
        let list = |text: &str| text.split(' ').map(str::to_string).collect::<Vec<_>>();
        let (old, new) = (list("mlp gone gemm"), list("gemm resnet mlp"));
        assert_eq!(
            union(&old, &new),
            [("gemm", Which::Both), ("resnet", Which::New), ("mlp", Which::Both), ("gone", Which::Old)]
        );
    }
}
