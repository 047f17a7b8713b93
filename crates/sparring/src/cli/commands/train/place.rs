//! Where a training writes, how often it is saved, and from where it goes on.

use super::log::{Log, formats};
use super::watch::METRICS;
use crate::cli::io::{out, say, signal};
use crate::cli::options::{AskedNet, DataArgs, Named, RunData, count};
use crate::cli::pages::again;
use crate::cli::{Failure, Outcome};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sparring::math::simd;
use sparring::store::{LogFormat, RowLogs, RunDir, StoreError, previous_checkpoint};
use sparring::train::{
    EpochReport, History, Learner, Observed, Observer, SaveEvery, SavedTraining, Saver, Session, TrainError,
};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The file that a training goes on from.
pub(crate) const RESUME: &str = "resume.bin";
/// What was asked for.
pub(crate) const CONFIG: &str = "config.json";
/// Written last: a run that has it, and weights, is finished.
pub(crate) const REPORT: &str = "report.html";
/// The weights that were learnt.
const WEIGHTS: &str = "model.safetensors";

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct PlaceArgs {
    /// The run directory, new or empty. Default: runs/NAME-K.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Save the training every so many steps, for `sparring resume`. Default: at the end of an epoch, at most once a second, and every 30 s.
    #[arg(long, value_name = "STEPS", value_parser = count)]
    pub(crate) save_every: Option<usize>,
    /// Also write the figures of the epochs as metrics.csv, or as an event file for TensorBoard; equal runs write equal files, so its times are all 0.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "csv,tensorboard")]
    pub(crate) log: Vec<Log>,
}

/// A run that was interrupted.
#[derive(Debug)]
pub(crate) struct Resumed {
    pub(crate) run: RunDir,
    /// Its `config.json`.
    pub(crate) config: Value,
    pub(crate) data: RunData,
}

impl Resumed {
    /// The network of a file, as the run has it: the file may be elsewhere now, or another.
    pub(super) fn net(&self, path: &Path) -> Outcome<AskedNet> {
        let graph = serde_json::from_value(self.config["spec"].clone());
        let graph = graph.map_err(|e| Failure::at(&self.run.path().join(CONFIG), format!("`spec`: {e}")))?;
        Ok(AskedNet::File(path.to_path_buf(), graph))
    }
}

/// The data of a training: those of the run that it goes on with, else those asked for.
pub(super) fn data(args: &DataArgs, resumed: Option<&Resumed>) -> Outcome<Named> {
    resumed.map_or_else(|| args.load(), |resumed| Named::of_run(&resumed.data))
}

/// The directory of a training, and the state it goes on from.
#[derive(Debug)]
pub(super) struct Place<Ep> {
    pub(super) run: RunDir,
    saved: Option<SavedTraining<Ep>>,
    every: Option<usize>,
    log: Vec<LogFormat>,
}

impl<Ep: Serialize + DeserializeOwned + EpochReport> Place<Ep> {
    /// A new directory with this configuration; or that of a run with the same one.
    pub(super) fn open(
        args: &PlaceArgs,
        resumed: Option<Resumed>,
        name: &str,
        config: impl FnOnce(&RunDir) -> Value,
    ) -> Outcome<Self> {
        let (every, log) = (args.save_every, formats(&args.log));
        let Some(Resumed { run, config: written, .. }) = resumed else {
            let run = out::run_dir(args.out.as_deref(), name)?;
            let mut config = config(&run);
            config["arguments"] = again::arguments().into();
            run.write_json(CONFIG, &config)?;
            return Ok(Self { run, saved: None, every, log });
        };
        same(&written, &config(&run), run.path())?;
        let (saved, newest) = SavedTraining::read(run.path().join(RESUME))?;
        if let Some(e) = newest {
            say::note(&format!("warning: {e}; the state saved before it is taken, of step {}", saved.step()));
        }
        if saved.isa() != simd::isa().to_string() {
            say::note(&format!(
                "warning: the run was on {}, this is {}: it goes on, but to other bits than if it had not been interrupted",
                saved.isa(),
                simd::isa()
            ));
        }
        if saved.version() != env!("CARGO_PKG_VERSION") {
            say::note(&format!("warning: version {} began the run: the bits may differ", saved.version()));
        }
        Ok(Self { run, saved: Some(saved), every, log })
    }
    fn what_is_saved(&self, step: u64) -> String {
        let run = again::quoted(&self.run.path().to_string_lossy());
        format!("the training is saved up to step {step}; to go on: sparring resume {run}")
    }
    /// The rows of the epochs that were reported before; what was written after the state was saved is written again.
    pub(super) fn rows(&self) -> Outcome<Vec<Value>> {
        match &self.saved {
            None => Ok(Vec::new()),
            Some(saved) => Ok(self.run.rows(METRICS, saved.epochs().len())?),
        }
    }
    /// The files of `--log`, with those rows in them.
    pub(super) fn logs(&self) -> Outcome<RowLogs<'_>> {
        Ok(RowLogs::begin(&self.run, &self.log, self.rows()?)?)
    }
    /// All steps that are left, watched, and saved on the way. A signal ends it after a step, whose state is then the one in the file.
    pub(super) fn train<F>(
        &self,
        session: &mut Session<'_, F>,
        watch: &mut dyn Observer<F::Model>,
    ) -> Result<History<Ep>, TrainError>
    where
        F: Learner<Model: Observed<Epoch = Ep>>,
    {
        let path = self.run.file(RESUME);
        self.run.file(&previous_checkpoint(Path::new(RESUME)).to_string_lossy());
        let every = self.every.map_or(SaveEvery::Epoch, |n| SaveEvery::Steps(n as u64));
        let saver = match &self.saved {
            None => Saver::begin(&path, every, session, ""),
            Some(saved) => {
                session.resume(saved)?;
                let (n, unwritten) = (saved.epochs().len(), super::watch::unwritten);
                self.run.cut_rows(METRICS, n).map_err(unwritten)?;
                signal::saved(self.what_is_saved(saved.step()));
                say::note(&format!("going on after step {} of {}", saved.step(), session.steps()));
                Saver::again(&path, every, session, saved)
            }
        }?;
        let tells = self.every.is_some() || !std::io::stderr().is_terminal();
        let mut saver = saver.telling(|step| {
            // What was saved is not taken back, however the training ends.
            self.run.keep();
            signal::saved(self.what_is_saved(step));
            if tells {
                say::note(&format!("saved: step {step}"));
            }
        });
        let since = session.run(&mut saver.around(watch))?;
        saver.finish(session)?;
        Ok(saver.whole(since))
    }
    /// What a signal finds from now on, and the end of the command if one came: the weights are in a file.
    pub(super) fn kept(&self, weights: &Path) -> Outcome {
        let run = again::quoted(&self.run.path().to_string_lossy());
        signal::kept(format!(
            "the model as of then is in {}; to go on: sparring resume {run}",
            weights.display()
        ));
        signal::check()
    }
}

/// Both configurations describe one training; what says where things are may differ.
fn same(written: &Value, here: &Value, run: &Path) -> Outcome {
    const PLACES: [&str; 4] = ["arguments", "repeat", "data", "data_from_run"];
    let keys = here.as_object().into_iter().flat_map(|o| o.keys());
    let other: Vec<&str> = keys
        .filter(|key| !PLACES.contains(&key.as_str()) && written[key.as_str()] != here[key.as_str()])
        .map(String::as_str)
        .collect();
    if other.is_empty() {
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "{}: this version makes another training of the same command (`{}` in {CONFIG}); go on with the version that began it",
        run.display(),
        other.join("`, `")
    )))
}

/// An interrupted run's directory, to go on in; `None` if the run is finished.
pub(crate) fn reopen(path: &Path) -> Outcome<Option<(RunDir, Value)>> {
    let shown = path.display();
    if !path.is_dir() {
        let what = if path.exists() { "is a file" } else { "does not exist" };
        return Err(Failure::Failed(format!("{shown} {what}; name the directory of a run")));
    }
    let not_one = |what: &str| {
        Failure::Failed(format!(
            "{shown} holds no {what}: it is not the directory of a training that can go on"
        ))
    };
    let config = sparring::store::read_config(path)?.ok_or_else(|| not_one(CONFIG))?;
    let trains = config["command"].as_str().is_some_and(|c| c.starts_with("train "));
    if !trains || !config["arguments"].is_array() {
        return Err(not_one("training that was begun by this version or a later one"));
    }
    let run = RunDir::reopen(path).map_err(|e| match e {
        StoreError::Claimed { .. } => Failure::Failed(format!("{e}; wait for its end, or stop it")),
        e => e.into(),
    })?;
    // Asked under the lock: a run may end at this very moment.
    if [REPORT, WEIGHTS].iter().all(|name| path.join(name).is_file()) {
        return Ok(None);
    }
    let newest = path.join(RESUME);
    let saved = newest.is_file() || previous_checkpoint(&newest).is_file();
    if saved { Ok(Some((run, config))) } else { Err(not_one(RESUME)) }
}
