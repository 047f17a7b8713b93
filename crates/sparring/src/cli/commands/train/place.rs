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
use sparring::store::{LogFormat, RowLogs, RunDir, StoreError, previous_checkpoint, terminal};
use sparring::train::{
    EpochReport, History, Learner, Observed, Observer, SaveEvery, SavedTraining, Saver, Session, TrainError,
};
use std::collections::BTreeSet;
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
    /// Whether the data were named anew.
    pub(crate) elsewhere: bool,
}

impl Resumed {
    /// The network of a file, as the run has it: the file may be elsewhere now, or another.
    pub(super) fn net(&self, path: &Path) -> Outcome<AskedNet> {
        let graph = serde_json::from_value(self.config["spec"].clone());
        let graph = graph.map_err(|e| Failure::at(&self.run.path().join(CONFIG), format!("`spec`: {e}")))?;
        Ok(AskedNet::File(path.to_path_buf(), graph))
    }
    /// The model to which this entry of its configuration is the way from the run, where it is still there.
    pub(super) fn model_at(&self, entry: &str) -> Option<PathBuf> {
        let way = self.config[entry].as_str()?;
        Some(self.run.path().join(way)).filter(|path| path.exists())
    }
}

/// The data of a training: those of the run that it goes on with, else those asked for.
pub(super) fn data(args: &DataArgs, resumed: Option<&Resumed>) -> Outcome<Named> {
    let Some(Resumed { run, config, data, elsewhere }) = resumed else { return args.load() };
    let found = if *elsewhere { Named::find(&data.asked) } else { Named::of_run(data) }?;
    match &data.digest {
        Some(began) if *began != found.set.fingerprint() && *elsewhere => {
            Err(others(run.path(), config, &found.asked))
        }
        Some(began) if *began != found.set.fingerprint() => Err(Failure::Failed(format!(
            "{}: {} holds other data than it began with; put those back, name an unchanged copy with --data, or {}",
            run.path().display(),
            found.asked,
            begin_again(config)
        ))),
        _ => Ok(found),
    }
}

/// A run began with some data, and others were named.
fn others(run: &Path, began: &Value, now: &str) -> Failure {
    Failure::Failed(format!(
        "{}: began with the data {}, and {now} are others; leave --data out, or name the place where those are now",
        run.display(),
        began["data"].as_str().unwrap_or("other data"),
    ))
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
        let (saved, newest) = SavedTraining::read(run.path().join(RESUME))
            .map_err(|e| Failure::Failed(format!("{e}; {}", begin_again(&written))))?;
        same(&written, &config(&run), run.path(), saved.version())?;
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
            Some(saved) => self.run.rows(METRICS, saved.epochs().len()).map_err(|e| {
                let config = sparring::store::read_config(self.run.path()).ok().flatten().unwrap_or_default();
                Failure::Failed(format!("{e}; {}", begin_again(&config)))
            }),
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
        // The first step is finished, too, and saved.
        signal::hold();
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

/// The way out where a run cannot go on.
fn begin_again(config: &Value) -> String {
    match config["repeat"].as_str() {
        Some(line) => format!("to begin again: {line}"),
        None => "begin it again in another directory".into(),
    }
}

/// Where two configurations differ, and how: `recipe.epochs`, 8, 60.
fn different(a: &Value, b: &Value, path: &str, found: &mut Vec<(String, String, String)>) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let none = &Value::Null;
                let dot = if path.is_empty() { "" } else { "." };
                let (a, b) = (a.get(key).unwrap_or(none), b.get(key).unwrap_or(none));
                different(a, b, &format!("{path}{dot}{key}"), found);
            }
        }
        (a, b) if a != b => found.push((path.into(), a.to_string(), b.to_string())),
        _ => {}
    }
}

/// Both configurations describe one training; what says where things are may differ.
fn same(written: &Value, here: &Value, run: &Path, version: &str) -> Outcome {
    const PLACES: [&str; 9] = [
        "arguments",
        "repeat",
        "data",
        "data_from_run",
        "data_digest",
        "class_names",
        "generated_from_run",
        "target",
        "target_from_run",
    ];
    let here_only = |config: &Value| -> Value {
        let keys = here.as_object().into_iter().flat_map(|o| o.keys());
        let kept = keys.filter(|key| !PLACES.contains(&key.as_str()));
        kept.map(|key| (key.clone(), config[key.as_str()].clone())).collect::<serde_json::Map<_, _>>().into()
    };
    let mut found = Vec::new();
    different(&here_only(written), &here_only(here), "", &mut found);
    let Some((path, was, is)) = found.first() else { return Ok(()) };
    if written["data"] != here["data"] {
        return Err(others(run, written, here["data"].as_str().unwrap_or("other data")));
    }
    let beside = [
        ("generated.sha256", "generated_from_run", "generator"),
        ("target_sha256", "target_from_run", "target"),
    ];
    if let Some((_, way, whose)) = beside.into_iter().find(|(key, ..)| key == path) {
        let at = written[way].as_str().map_or_else(|| run.to_path_buf(), |way| run.join(way));
        let at = at.canonicalize().unwrap_or(at);
        return Err(Failure::Failed(format!(
            "{}: the {whose}, {}, has other weights than when the run began; put those back, or {}",
            run.display(),
            at.display(),
            begin_again(written)
        )));
    }
    let run = run.display();
    let what = if version == env!("CARGO_PKG_VERSION") {
        "the file was changed since the run began (put it back), or another build with other defaults began it (go on with that one)"
    } else {
        "another version began the run: go on with that one"
    };
    let (was, is) = (terminal::shown(was, 60), terminal::shown(is, 60));
    Err(Failure::Failed(format!(
        "{run}: `{}` in {CONFIG} is {was}, and its `arguments` make it {is}; {what}, or {}",
        terminal::shown(path, 80),
        begin_again(written)
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
    let nothing_saved = || {
        Failure::Failed(format!(
            "{shown}: nothing was saved ({RESUME} is not there); {}",
            begin_again(&config)
        ))
    };
    let trains = config["command"].as_str().is_some_and(|c| c.starts_with("train "));
    if !trains || !config["arguments"].is_array() {
        return Err(not_one("training that was begun by this version or a later one"));
    }
    let run = RunDir::reopen(path).map_err(|e| match e {
        StoreError::Claimed { .. } => Failure::Failed(format!("{e}; wait for its end, or stop it")),
        e => e.into(),
    })?;
    // Asked under the lock: a run may end at this very moment.
    if is_finished(path) {
        return Ok(None);
    }
    if is_saved(path) { Ok(Some((run, config))) } else { Err(nothing_saved()) }
}

/// Whether the run in this directory came to its end.
pub(crate) fn is_finished(run: &Path) -> bool {
    [REPORT, WEIGHTS].iter().all(|name| run.join(name).is_file())
}

/// Whether there is a state that the run can go on from.
pub(crate) fn is_saved(run: &Path) -> bool {
    let newest = run.join(RESUME);
    newest.is_file() || previous_checkpoint(&newest).is_file()
}
