//! `sparring merge OUT SHARD_DIR..`.

use super::sweep::write_tables;
use crate::cli::io::{json::json, say, table::counted};
use crate::cli::{Failure, Outcome};
use sparring::store::RunDir;
use sparring_study::{SweepTable, merge};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
It refuses, each by name and with the way out: a missing shard, one that is there twice, shards of other grids, programs, instruction sets or data, damaged \
manifests, unfinished and failed cells. OUT then holds manifest.json, results.json, results.csv and report.html with the bytes of a sweep by one process, and times.csv; \
the run directories stay where they are.")]
pub(crate) struct Args {
    /// The directory of the result, new or empty.
    out: PathBuf,
    /// The directories of all shards (`sparring sweep GRID --shard I/N --out DIR`), in any order.
    #[arg(required = true, value_name = "SHARD_DIR")]
    shards: Vec<PathBuf>,
    /// One JSON object on the last line of stdout: `cells`, `shards`, `out`, `report`.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let whole = merge(&args.shards)?;
    if whole.kind != SweepTable::KIND {
        let what = format!("the shards are of a `{}`, which this version cannot put together", whole.kind);
        return Err(Failure::Failed(what));
    }
    let run = RunDir::create(&args.out)
        .map_err(|e| Failure::Failed(format!("{e}; name another directory for the result")))?;
    let table = write_tables(&run, &whole)?;
    run.write("grid.toml", whole.inputs.plan.as_bytes())?;
    // Times are told as far as they are there; they are no result.
    let texts = args.shards.iter().filter_map(|shard| std::fs::read_to_string(shard.join("times.csv")).ok());
    let mut times: Vec<String> =
        texts.flat_map(|text| text.lines().skip(1).map(String::from).collect::<Vec<_>>()).collect();
    times.sort();
    times.insert(0, "cell,train_seconds,attack_seconds".into());
    run.write("times.csv", (times.join("\n") + "\n").as_bytes())?;
    whole.write(run.path())?;
    run.file(sparring_study::MANIFEST);
    run.keep();
    let report = run.path().join("report.html");
    if args.json {
        let shards = args.shards.len();
        say::json(
            &json!({ "cells": table.rows.len(), "shards": shards, "out": run.path(), "report": report }),
        );
    } else {
        say::result(&format!(
            "{} of {}\ntable in {}",
            counted(table.rows.len(), "cell"),
            counted(args.shards.len(), "shard"),
            say::path(&report)
        ));
    }
    Ok(())
}
