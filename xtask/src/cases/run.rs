//! All rows, one after the other.

use super::arguments::{Arguments, USAGE};
use super::catalogue::ROWS;
use super::checks::{Checks, NotTried, Verdict};
use super::row::Row;
use super::table::{Outcome, object, plain};
use super::trained::Context;
use super::{readme, table};
use crate::run_program::{root, sparring_release};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where the inputs lie beside a checkout.
const BESIDE: &str = "../shared/cases";

/// Tries the rows that are asked for and prints what came out.
///
/// # Errors
/// If a flag is wrong, the command does not build, or a row is wrong.
pub fn run(args: &[String]) -> Result<(), String> {
    let known: Vec<_> = ROWS.iter().map(|r| r.id).collect();
    let asked = Arguments::parse(args, &known)?;
    if asked.help {
        println!("{USAGE}");
        return Ok(());
    }
    let inputs = asked.dir.clone().unwrap_or_else(|| root().join(BESIDE));
    let inputs = found(&inputs, asked.dir.is_some())?;
    let program = match &asked.bin {
        Some(program) => program.canonicalize().map_err(|e| format!("--bin {}: {e}", program.display()))?,
        None => {
            let program = sparring_release()?;
            program.canonicalize().map_err(|e| format!("{}: {e}", program.display()))?
        }
    };
    let text = std::fs::read_to_string(inputs.join("README.md")).unwrap_or_default();
    let unchecked = readme::without_a_check(&text, &known);
    let context = Context::new(program, inputs)?;
    let mut outcomes = Vec::new();
    for row in ROWS.iter().filter(|row| asked.wants(row.id)) {
        eprintln!("row {}: {} ..", row.id, row.done);
        let outcome = tried(row, &context);
        eprintln!("row {}: {} after {:.0} s", row.id, outcome.verdict, outcome.seconds);
        outcomes.push(outcome);
    }
    if asked.json {
        println!("{}", object(&outcomes));
    } else {
        println!("{}", plain(&outcomes));
    }
    let wrong: Vec<_> =
        outcomes.iter().filter(|o| o.verdict == Verdict::Wrong).map(|o| o.row.id.to_string()).collect();
    if !unchecked.is_empty() {
        return Err(format!("the README of the inputs has rows that nothing tries: {unchecked:?}"));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{}: wrong are {}", table::sums(&outcomes), wrong.join(", ")))
    }
}

/// The folder of the inputs with no link in its path; where it is not there, a note, or an error if it was asked for.
fn found(inputs: &Path, asked: bool) -> Result<PathBuf, String> {
    match inputs.canonicalize() {
        Ok(path) if path.is_dir() => Ok(path),
        _ if asked => Err(format!("--dir {}: no such folder", inputs.display())),
        _ => {
            eprintln!(
                "no inputs at {BESIDE}, which lies beside a checkout of the project: rows that read them are skipped; \
                 --dir DIR names a copy of that folder (README.md, *.safetensors, idx-*)"
            );
            Ok(inputs.to_path_buf())
        }
    }
}

fn tried<'a>(row: &'a Row, context: &Context) -> Outcome<'a> {
    let begun = Instant::now();
    let lacking = row.inputs.iter().find(|input| !context.inputs.join(input).exists());
    let found = match lacking {
        Some(input) => Err(NotTried::Skip(format!("{input} is not among the inputs"))),
        None => (row.tries)(context),
    };
    let (checks, verdict) = match found {
        Ok(checks) => {
            let verdict = checks.verdict();
            (checks, verdict)
        }
        Err(NotTried::Skip(why)) => (Checks::default(), Verdict::Skipped(why)),
        Err(NotTried::Broken(what)) => {
            let mut checks = Checks::default();
            checks.that("the row itself", what, false);
            (checks, Verdict::Wrong)
        }
    };
    Outcome { row, checks, verdict, seconds: begun.elapsed().as_secs_f64() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_alone_skips_what_reads_inputs() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("nowhere");
        assert_eq!(found(&nowhere, false), Ok(nowhere.clone()));
        assert!(found(&nowhere, true).unwrap_err().contains("no such folder"));
        let context = Context::new("sparring".into(), nowhere).unwrap();
        let row = ROWS.iter().find(|r| r.id == 9).unwrap();
        let outcome = tried(row, &context);
        assert_eq!(outcome.verdict.to_string(), "skipped: long-name.safetensors is not among the inputs");
    }

    #[test]
    fn a_program_that_is_not_there_is_wrong_and_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        let context = Context::new(folder.path().join("absent"), folder.path().into()).unwrap();
        let row = ROWS.iter().find(|r| r.id == 3).unwrap();
        let outcome = tried(row, &context);
        assert_eq!(outcome.verdict, Verdict::Wrong);
        assert!(outcome.checks.came_out().contains("cannot be started"), "{}", outcome.checks.came_out());
    }
}
