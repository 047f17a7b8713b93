//! `sparring resume`.

use super::attack;
use super::sweep::Line;
use super::train::{self, Log, Resumed, reopen};
use crate::cli::io::{json::json, say};
use crate::cli::options::{RunData, count, threads};
use crate::cli::pages::again;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring_study::{ActivationPlan, Manifest};
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The directory of a training that was interrupted, of an evaluation (`sparring attack --out DIR`), or of a study.
    run: PathBuf,
    /// Number of threads; the results do not depend on it. Default: one for each core; at most four for each, or 16.
    #[arg(long, value_parser = threads)]
    threads: Option<usize>,
    /// The data of the training, or of the evaluation, where they are elsewhere now: a folder, or a name. Others than it began with are refused.
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

/// Goes on with a study, if that is what the directory holds; whether it is.
pub(crate) fn study(
    args: &Args,
    definition: &clap::Command,
    parse: &mut dyn FnMut(&[String]) -> Result<Line, clap::Error>,
) -> Outcome<bool> {
    let Some(manifest) = Manifest::read(&args.run)?.filter(|m| m.kind == ActivationPlan::KIND) else {
        return Ok(false);
    };
    only_of_trainings(args, "a study")?;
    if args.data.is_some() {
        return Err(Failure::Usage(
            "--data: a study finds its data by the name it was begun with; leave it out".into(),
        ));
    }
    super::study::resume(&args.run, &manifest, (args.threads, args.json), definition, parse)?;
    Ok(true)
}

/// Goes on; `parse` reads the command line that began the work.
pub(crate) fn run(args: &Args, parse: impl Fn(&[String]) -> Outcome<Option<Line>>) -> Outcome {
    let path = &args.run;
    if let Some(manifest) = Manifest::read(path)? {
        return evaluation(args, &manifest, parse);
    }
    let Some((run, config)) = reopen(path)? else {
        say::note(&format!("{} is finished: there is nothing to go on with", path.display()));
        if args.json {
            say::json(&json!({ "finished": true, "run": path }));
        }
        return Ok(());
    };
    let broken = |what: String| broken(path, what);
    let words = words_of(path, &config)?;
    let mut kind = match parse(&words) {
        Ok(Some(Line::Train(kind))) => *kind,
        Ok(_) => return Err(broken(format!("`{}` is no training", words.join(" ")))),
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

fn broken(path: &Path, what: impl std::fmt::Display) -> Failure {
    Failure::Failed(format!("{}: its config.json cannot be used: {what}", path.display()))
}

/// The words of the command line that began the work.
fn words_of(path: &Path, config: &Value) -> Outcome<Vec<String>> {
    let words: Option<Vec<String>> = config["arguments"]
        .as_array()
        .and_then(|words| words.iter().map(|w| w.as_str().map(String::from)).collect());
    words.ok_or_else(|| broken(path, "`arguments` are not words"))
}

/// Refuses flags of trainings where the directory holds something else.
fn only_of_trainings(args: &Args, what: &str) -> Outcome {
    for (given, flag) in [(args.save_every.is_some(), "--save-every"), (!args.log.is_empty(), "--log")] {
        if given {
            let shown = args.run.display();
            return Err(Failure::Usage(format!("{flag} is for trainings, and {shown} holds {what}")));
        }
    }
    Ok(())
}

/// Goes on with an evaluation in pieces.
fn evaluation(
    args: &Args,
    manifest: &Manifest,
    parse: impl Fn(&[String]) -> Outcome<Option<Line>>,
) -> Outcome {
    let path = &args.run;
    if manifest.kind != attack::EVALUATION {
        let (shown, kind) = (path.display(), &manifest.kind);
        return Err(Failure::Failed(format!(
            "{shown} holds a `{kind}`: give the command that began it again, it goes on"
        )));
    }
    only_of_trainings(args, "an evaluation")?;
    let config = sparring::store::read_config(path)?.ok_or_else(|| broken(path, "it is gone"))?;
    let words = words_of(path, &config)?;
    let mut again = match parse(&words) {
        Ok(Some(Line::Attack(again))) => again,
        Ok(_) => return Err(broken(path, format!("`{}` is no attack", words.join(" ")))),
        Err(failure) => return Err(broken(path, failure)),
    };
    (again.machine.threads, again.machine.json) = (args.threads, args.json);
    attack::go_on(&mut again, path, manifest)?;
    if args.data.is_some() {
        again.data.clone_from(&args.data);
    }
    again::stand_for(words);
    attack::run(&again)
}
