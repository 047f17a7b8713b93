//! `sparring resume`.

use super::train::{self, Kind, Log, Resumed, reopen};
use crate::cli::io::{json::json, say};
use crate::cli::options::{RunData, count, threads};
use crate::cli::pages::again;
use crate::cli::{Failure, Outcome};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The directory of a training that was interrupted.
    run: PathBuf,
    /// Number of threads; the results do not depend on it. Default: one for each core; at most four for each, or 16.
    #[arg(long, value_parser = threads)]
    threads: Option<usize>,
    /// The data of the training, where they are elsewhere now: a folder, or a name. Others than it began with are refused.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// Save the training every so many steps. Default: at the end of an epoch, at most once a second, and every 30 s.
    #[arg(long, value_name = "STEPS", value_parser = count)]
    save_every: Option<usize>,
    /// Files of figures that the training did not ask for: metrics.csv, an event file for TensorBoard. Those it asked for go on.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "csv,tensorboard")]
    log: Vec<Log>,
    /// One JSON object on the last line of stdout, that of the training.
    #[arg(long)]
    json: bool,
}

/// Goes on; `parse` reads the command line that began the training.
pub(crate) fn run(args: &Args, parse: impl Fn(&[String]) -> Outcome<Option<Kind>>) -> Outcome {
    let path = &args.run;
    let Some((run, config)) = reopen(path)? else {
        say::note(&format!("{} is finished: there is nothing to go on with", path.display()));
        if args.json {
            say::json(&json!({ "finished": true, "run": path }));
        }
        return Ok(());
    };
    let broken =
        |what: String| Failure::Failed(format!("{}: its config.json cannot be used: {what}", path.display()));
    let words: Option<Vec<String>> = config["arguments"]
        .as_array()
        .and_then(|words| words.iter().map(|w| w.as_str().map(String::from)).collect());
    let words = words.ok_or_else(|| broken("`arguments` are not words".into()))?;
    let mut kind = match parse(&words) {
        Ok(Some(kind)) => kind,
        Ok(None) => return Err(broken(format!("`{}` is no training", words.join(" ")))),
        Err(failure) => return Err(broken(failure.to_string())),
    };
    let machine = kind.machine_mut();
    (machine.threads, machine.json) = (args.threads, args.json);
    let place = kind.place_mut();
    place.save_every = args.save_every;
    place.log.extend(&args.log);
    again::stand_for(words);
    let mut data = RunData::of(path, &config).ok_or_else(|| broken("it names no data".into()))?;
    if let Some(elsewhere) = &args.data {
        (data.asked, data.folder) = (elsewhere.clone(), None);
    }
    train::run(&kind, Some(Resumed { run, config, data, elsewhere: args.data.is_some() }))
}
