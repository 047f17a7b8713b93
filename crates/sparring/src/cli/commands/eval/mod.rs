//! `sparring eval MODEL`.

mod autoencoder;
mod classifier;
mod coder;
mod corrupted;
mod gan;

use super::examples::{Examples, SplitName};
use crate::cli::io::say;
use crate::cli::options::{MachineArgs, ModelArgs, Named, count};
use crate::cli::pages;
use crate::cli::pages::coder::load_coder;
use crate::cli::pages::weights::{Judged, load_judged, load_judged_gan};
use crate::cli::{Failure, Outcome};
use autoencoder::Told;
use corrupted::Kinds;
use serde_json::Value;
use sparring::datasets::raster::SMALLEST_SIDE;

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

pub(crate) fn run(args: &Args) -> Outcome {
    match pages::weights::kind(&args.model.path).as_deref() {
        Some("gan") => return of_gan(args),
        Some("vae" | "vq-vae") => return of_coder(args),
        _ => {}
    }
    let (net, names) = (args.model.net()?, args.model.names.load()?);
    args.machine.start()?;
    let (model, known) = load_judged(&args.model.path, net.as_ref(), &names)?;
    let (data, is_own) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
    let model = match model {
        Judged::Classifier(model) => Judged::Classifier(known.fitted(model, data.set.shape())?),
        other => other,
    };
    let input = match &model {
        Judged::Classifier(model) => model.spec().input,
        Judged::Autoencoder(model) => model.spec().input,
    };
    data.fits(input, "this network")?;
    match &model {
        Judged::Classifier(model) => data.labels_fit(model.classes())?,
        Judged::Autoencoder(_) if args.corruptions.is_some() => {
            return Err(Failure::Usage("--corruptions: they are for classifiers; leave it out".into()));
        }
        Judged::Autoencoder(_) => {}
    }
    if args.corruptions.is_some() && input[1].min(input[2]) < SMALLEST_SIDE {
        return Err(Failure::Usage(format!(
            "--corruptions: the examples of {} are no images of {SMALLEST_SIDE} x {SMALLEST_SIDE} pixels or more; leave it out",
            data.asked
        )));
    }
    let examples = Examples::of(data, args.split, args.first, is_own.then_some(args.model.path.as_path()))?;
    let (mut object, mut text) = match &model {
        Judged::Classifier(model) => classifier::measure(model, &examples)?,
        Judged::Autoencoder(model) => autoencoder::measure(model, (&examples, Told::default()))?,
    };
    if let (Some(kinds), Judged::Classifier(model)) = (&args.corruptions, &model) {
        let (entries, table) = corrupted::measure(model, &examples, kinds, args.machine.seed)?;
        entries.into_iter().for_each(|(key, value)| object[key] = value);
        text = format!("{text}\n\n{table}");
    }
    say_all(args, &examples, object, &text);
    Ok(())
}

fn say_all(args: &Args, examples: &Examples, mut object: Value, text: &str) {
    if args.machine.json {
        (object["data"], object["split"]) = (examples.data.asked.clone().into(), args.split.flag().into());
        say::json(&object);
    } else {
        say::result(&format!("{}\n\n{text}", examples.words));
    }
}

/// Flags that only other kinds of models have a use for.
fn refuse_others(args: &Args, what: &str) -> Outcome {
    let refused = |flag: String, what: &str| Err(Failure::Usage(format!("{flag}: {what}; leave it out")));
    if args.corruptions.is_some() {
        return refused("--corruptions".into(), "they are for classifiers");
    }
    match args.model.net()? {
        Some(net) => {
            refused(net.flag(), &format!("the file of {what} says itself how its networks are built"))
        }
        None => Ok(()),
    }
}

/// Errors of a variational autoencoder, or one with a codebook.
fn of_coder(args: &Args) -> Outcome {
    refuse_others(args, "such an autoencoder")?;
    let names = args.model.names.load()?;
    args.machine.start()?;
    let (coder, known) = load_coder(&args.model.path, &names)?;
    let (data, is_own) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &known.classes)?;
    data.fits(coder.model().image_shape(), &format!("this {}", coder.word()))?;
    let examples = Examples::of(data, args.split, args.first, is_own.then_some(args.model.path.as_path()))?;
    let more = coder::told(&coder, &examples.split, args.machine.seed)?;
    let (object, text) = autoencoder::measure(coder.model(), (&examples, more))?;
    say_all(args, &examples, object, &text);
    Ok(())
}

/// Samples of a GAN against the test examples, and copies of training examples.
fn of_gan(args: &Args) -> Outcome {
    if args.split != SplitName::Test {
        let flag = args.split.flag();
        return Err(Failure::Usage(format!(
            "--split {flag}: samples are compared with test examples; leave it out"
        )));
    }
    refuse_others(args, "a GAN")?;
    let names = args.model.names.load()?;
    args.machine.start()?;
    let (model, known) = load_judged_gan(&args.model.path, &names)?;
    let (data, _) = Named::for_model(args.data.as_deref(), known.data.as_ref(), &[])?;
    data.fits(model.shape(), "the GAN")?;
    let Examples { split, words, mut data } = Examples::of(data, args.split, args.first, None)?;
    data.set.test = split;
    let (mut object, text) = gan::measure(&model, &data, args.machine.seed)?;
    if args.machine.json {
        object["data"] = data.asked.into();
        say::json(&object);
    } else {
        say::result(&format!("samples beside {words}\n\n{text}"));
    }
    Ok(())
}
