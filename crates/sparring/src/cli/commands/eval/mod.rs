//! `sparring eval MODEL`.

mod autoencoder;
mod classifier;

use crate::cli::io::say;
use crate::cli::options::{MachineArgs, ModelArgs, Named, count};
use crate::cli::pages::weights::{Judged, load_judged};
use crate::cli::{Failure, Outcome};
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
    #[arg(long, value_enum, default_value_t = Part::Test)]
    split: Part,
    /// The first N of them. Default: all.
    #[arg(long, value_name = "N", value_parser = count)]
    first: Option<usize>,
    #[command(flatten)]
    machine: MachineArgs,
}

/// Which examples of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Test,
    Train,
    Validation,
}

impl Part {
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
    /// Training examples, for what has to be compared with them.
    train: Split,
}

impl Args {
    fn examples(&self, mut data: Named) -> Outcome<Examples> {
        let (held_out, seed) = held_out(&self.model.path)?;
        let validation = data.hold_out(held_out.min(data.set.train.len()), seed);
        let split = match self.split {
            Part::Test => &data.set.test,
            Part::Train => &data.set.train,
            Part::Validation => &validation,
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
        Ok(Examples { split, words, train: data.set.train })
    }
}

/// How many training examples a run held out, and its seed, which drew them.
fn held_out(run: &Path) -> Outcome<(usize, u64)> {
    let config = read_config(run)?.unwrap_or_default();
    Ok((config["validation"].as_u64().unwrap_or(0) as usize, config["recipe"]["seed"].as_u64().unwrap_or(0)))
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
    let asked = data.asked.clone();
    let examples = args.examples(data)?;
    let (mut object, text) = match &model {
        Judged::Classifier(model) => classifier::measure(model, &examples)?,
        Judged::Autoencoder(model) => autoencoder::measure(model, &examples)?,
    };
    if args.machine.json {
        (object["data"], object["split"]) = (asked.into(), args.split.name().into());
        say::json(&object);
    } else {
        say::result(&format!("{}\n\n{text}", examples.words));
    }
    Ok(())
}
