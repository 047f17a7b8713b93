//! `sparring merge OUT SHARD_DIR..`.

use super::attack::{EVALUATION, write_merged};
use super::study;
use super::sweep::write_tables;
use crate::cli::io::{json::json, say, table::counted};
use crate::cli::{Failure, Outcome};
use sparring::store::RunDir;
use sparring_study::{ActivationPlan, Manifest, SweepTable, merge};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
It refuses, each by name and with the way out: a missing shard, one that is there twice, shards of other grids or commands, programs, instruction sets or data, damaged \
manifests, unfinished and failed cells. OUT then holds manifest.json, results.json, results.csv (of an evaluation verdicts.csv) and report.html with the bytes that one \
process would have written, and times.csv; the run directories of a sweep stay where they are.")]
pub(crate) struct Args {
    /// The directory of the result, new or empty.
    out: PathBuf,
    /// The directories of all shards (of `sparring sweep GRID`, `sparring study activations` or `sparring attack MODEL`, with --shard I/N --out DIR), in any order.
    #[arg(required = true, value_name = "SHARD_DIR")]
    shards: Vec<PathBuf>,
    /// One JSON object on the last line of stdout: `cells` (of an evaluation `images`), `shards`, `out`, `report`.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let whole = merge(&args.shards)?;
    let write = match whole.kind.as_str() {
        SweepTable::KIND => sweep,
        EVALUATION => evaluation,
        ActivationPlan::KIND => activations,
        other => {
            let what = format!("the shards are of a `{other}`, which this version cannot put together");
            return Err(Failure::Failed(what));
        }
    };
    let run = RunDir::create(&args.out)
        .map_err(|e| Failure::Failed(format!("{e}; name another directory for the result")))?;
    let (what, n) = write(&run, &whole, &args.shards)?;
    whole.write(run.path())?;
    run.file(sparring_study::MANIFEST);
    run.keep();
    let report = run.path().join("report.html");
    let shards = args.shards.len();
    if args.json {
        let mut object = json!({ "shards": shards, "out": run.path(), "report": report });
        object[format!("{what}s")] = n.into();
        say::json(&object);
    } else {
        say::result(&format!(
            "{} of {}\ntable in {}",
            counted(n, what),
            counted(shards, "shard"),
            say::path(&report)
        ));
    }
    Ok(())
}

/// What a result is made of, and how many there are.
type Made = (&'static str, usize);

fn evaluation(run: &RunDir, whole: &Manifest, shards: &[PathBuf]) -> Outcome<Made> {
    Ok(("image", write_merged(run, whole, shards)?))
}

fn sweep(run: &RunDir, whole: &Manifest, shards: &[PathBuf]) -> Outcome<Made> {
    let table = write_tables(run, whole)?;
    run.write("grid.toml", whole.inputs.plan.as_bytes())?;
    times(run, shards)?;
    Ok(("cell", table.rows.len()))
}

fn activations(run: &RunDir, whole: &Manifest, shards: &[PathBuf]) -> Outcome<Made> {
    let nets = study::write_merged(run, whole, shards)?;
    times(run, shards)?;
    Ok(("cell", nets))
}

/// Puts the times of all shards together.
fn times(run: &RunDir, shards: &[PathBuf]) -> Outcome {
    // Times are told as far as they are there; they are no result.
    let texts = shards.iter().filter_map(|shard| std::fs::read_to_string(shard.join("times.csv")).ok());
    let mut times: Vec<String> =
        texts.flat_map(|text| text.lines().skip(1).map(String::from).collect::<Vec<_>>()).collect();
    times.sort();
    times.insert(0, "cell,train_seconds,attack_seconds".into());
    Ok(run.write("times.csv", (times.join("\n") + "\n").as_bytes())?)
}
