//! `sparring eval MODEL`.

mod autoencoder;
mod classifier;
mod corrupted;

use crate::cli::io::say;
use crate::cli::options::{MachineArgs, ModelArgs, Named, count};
use crate::cli::pages::weights::{Judged, load_judged};
use crate::cli::{Failure, Outcome};
use corrupted::Kinds;
use sparring::datasets::Split;
use sparring::store::read_config;
use std::path::Path;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// A folder with the set's files, or a name. Default: the run's own data, mnist-10k for a bare weights file.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// Which examples of the set: those to judge by, those trained on, or those that the run held out of them.
    #[arg(long, value_enum, default_value_t = SplitName::Test)]
    split: SplitName,
    /// The first N of them. Default: all.
    #[arg(long, value_name = "N", value_parser = count)]
    first: Option<usize>,
    /// Also the accuracy of a classifier on corrupted copies of them, in five severities: all of `sparring list corruptions`, or those named.
    #[arg(long, value_name = "NAME,..", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    corruptions: Option<Kinds>,
    #[command(flatten)]
    machine: MachineArgs,
}

/// Which examples of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SplitName {
    Test,
    Train,
    Validation,
}

impl SplitName {
    fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Train => "training",
            Self::Validation => "validation",
        }
    }
}

/// The examples that a model is measured on.
struct Examples {
    split: Split,
    /// `1000 test examples of mnist-10k`.
    words: String,
    /// The set, without what a run held out of its training examples.
    data: Named,
}

impl Args {
    fn examples(&self, mut data: Named) -> Outcome<Examples> {
        let held_out = held_out(&self.model.path)?.min(data.set.train.len());
        let validation = data.hold_out(held_out);
        let split = match self.split {
            SplitName::Test => data.set.test.clone(),
            SplitName::Train => data.set.train.clone(),
            SplitName::Validation => validation,
        };
        let (asked, name) = (&data.asked, self.split.name());
        if split.is_empty() {
            return Err(Failure::Usage(format!(
                "--split: there are no {name} examples; a run holds some out with `train classifier --validation N`, or with a defence"
            )));
        }
        if let Some(n) = self.first.filter(|&n| n > split.len()) {
            return Err(Failure::Usage(format!("--first {n}: {asked} has {} {name} examples", split.len())));
        }
        let split = split.first(self.first.unwrap_or(split.len()));
        let words = format!("{} {name} examples of {asked}", split.len());
        Ok(Examples { split, words, data })
    }
}

/// Training examples that a run held out.
fn held_out(run: &Path) -> Outcome<usize> {
    let config = read_config(run)?;
    Ok(config.and_then(|config| config["validation"].as_u64()).unwrap_or(0) as usize)
}

pub(crate) fn run(args: &Args) -> Outcome {
    let (net, names) = (args.model.net()?, args.model.names.load()?);
    args.machine.start()?;
    let (model, own_data) = load_judged(&args.model.path, net.as_ref(), &names)?;
    let data = Named::for_model(args.data.as_deref(), own_data.as_ref())?;
    let input = match &model {
        Judged::Classifier(model) => model.spec().input,
        Judged::Autoencoder(model) => model.spec().input,
    };
    data.fits(input, "this network")?;
    let examples = args.examples(data)?;
    let (mut object, mut text) = match &model {
        Judged::Classifier(model) => classifier::measure(model, &examples)?,
        Judged::Autoencoder(model) => autoencoder::measure(model, &examples)?,
    };
    if let Some(kinds) = &args.corruptions {
        let Judged::Classifier(model) = &model else {
            return Err(Failure::Usage("--corruptions: they are for classifiers; leave it out".into()));
        };
        let (entries, table) = corrupted::measure(model, &examples, kinds, args.machine.seed)?;
        entries.into_iter().for_each(|(key, value)| object[key] = value);
        text = format!("{text}\n\n{table}");
    }
    if args.machine.json {
        (object["data"], object["split"]) = (examples.data.asked.into(), args.split.name().into());
        say::json(&object);
    } else {
        say::result(&format!("{}\n\n{text}", examples.words));
    }
    Ok(())
}
