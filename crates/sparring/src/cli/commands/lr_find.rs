//! `sparring lr-find`.

use crate::cli::io::json::json;
use crate::cli::io::{out, say};
use crate::cli::options::{
    ActivationFlag, AskedNet, DataArgs, GroupArgs, MachineArgs, Shorthands, TransformArgs, Written,
    above_zero, arch, count, name,
};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use sparring::models::{Arch, ClassifierNet, ModelKind};
use sparring::optim::AnyRule;
use sparring::seed::Key;
use sparring::train::{LrFind, Recipe, lr_find};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The network, `madry(norm=batch)` with parameters; mlp fits its input and its classes to the data.
    #[arg(long, default_value = "mlp", value_parser = arch(ModelKind::Classifier))]
    arch: Written<Arch>,
    /// The network from a TOML file instead: torch.nn's names and arguments (README of sparring-store).
    #[arg(long, value_name = "FILE.toml", conflicts_with = "arch")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    activation: Shorthands<ActivationFlag>,
    /// The update rule, `sgd(momentum=0.9, nesterov=true)` with parameters.
    #[arg(long, default_value = "adam", value_parser = name::<AnyRule>())]
    optimizer: AnyRule,
    /// Training examples a step; cut to as many as there are.
    #[arg(long, default_value_t = 128, value_parser = count)]
    batch: usize,
    /// Learning rate of the first step, above 0.
    #[arg(long, default_value_t = LrFind::default().lowest, value_parser = above_zero)]
    lowest: f64,
    /// Learning rate that the last step comes near to, above the lowest.
    #[arg(long, default_value_t = LrFind::default().highest, value_parser = above_zero)]
    highest: f64,
    /// Steps at least: an epoch, or as many as it takes.
    #[arg(long, default_value_t = LrFind::default().steps, value_parser = count)]
    steps: usize,
    #[command(flatten)]
    transforms: TransformArgs,
    #[command(flatten)]
    groups: GroupArgs,
    #[command(flatten)]
    machine: MachineArgs,
    /// The run directory, new or empty. Default: runs/lr-find-K.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Flags of this command alone; a training has all the others.
const OWN: [&str; 3] = ["--lowest", "--highest", "--steps"];

/// The training at this rate: every flag that was given here and means the same there. Its usual batch may be another.
fn training(batch: usize, lr: f64) -> String {
    let mut words = ["sparring", "train", "classifier"].map(String::from).to_vec();
    words.extend(pages::again::flags_but(&OWN));
    if !words.iter().any(|word| word.split('=').next() == Some("--batch")) {
        words.extend(["--batch".to_string(), batch.to_string()]);
    }
    words.extend(["--lr".to_string(), format!("{lr:.1e}")]);
    words.iter().map(|word| pages::again::quoted(word)).collect::<Vec<_>>().join(" ")
}

pub(crate) fn run(args: &Args) -> Outcome {
    let find = LrFind { lowest: args.lowest, highest: args.highest, steps: args.steps, ..LrFind::default() };
    let recipe = Recipe {
        batch: args.batch,
        rule: args.optimizer,
        transforms: args.transforms.chain.clone(),
        groups: args.groups.groups.clone(),
        seed: args.machine.seed,
        ..Recipe::default()
    };
    let usage = |e: sparring::train::TrainError| Failure::Usage(e.to_string());
    find.validate().and_then(|()| recipe.validate()).map_err(usage)?;
    let net = AskedNet::of(args.spec.as_deref(), &args.arch, &args.activation, AskedNet::read)?;
    args.machine.start()?;
    let data = args.data.load()?;
    let spec = net.classifier_for(data.set.shape(), data.set.classes).expect("the flag takes classifiers");
    data.fits(spec.input, &format!("the network {net}"))?;
    let mut model = ClassifierNet::new(spec, Key::new(args.machine.seed).named("init"))?;
    data.labels_fit(model.classes())?;
    let run = out::run_dir(args.out.as_deref(), "lr-find")?;
    let mut config = json!({
        "command": "lr-find", "repeat": pages::again::command(), "data": data.asked, "data_from_run": data.way_from(run.path()),
        "recipe": recipe, "lr_find": find, "spec": model.spec(),
    });
    net.config().into_iter().for_each(|(key, value)| config[key] = value);
    run.write_json("config.json", &config)?;
    say::note(&format!(
        "{} steps or more, up to where the loss diverges, from {} to {} ..",
        find.steps, find.lowest, find.highest
    ));
    let found = lr_find(&mut model, &data.set.train, &recipe, &find)?;
    found.steps.iter().try_for_each(|step| run.append("lr-find.jsonl", step))?;
    let facts = pages::lr_find::Facts { net: &net, data: &data, recipe: &recipe, find: &find };
    pages::lr_find::page(&facts, model.spec(), &found).save(run.file("report.html"))?;
    run.keep();
    if args.machine.json {
        say::json(&json!({
            "suggestion": found.suggestion, "diverged": found.diverged, "steps": found.steps.len(),
            "highest": found.steps.last().map(|s| s.lr), "run": run.path(),
        }));
    } else {
        let suggestion =
            found.suggestion.map_or("none: the loss never fell".into(), |lr| format!("{lr:.1e}"));
        say::result(&format!(
            "suggested lr    {suggestion}\nsteps           {}\nrun             {}",
            found.steps.len(),
            say::path(run.path())
        ));
        if let Some(lr) = found.suggestion {
            say::note(&format!("next: {}", training(args.batch, lr)));
        }
    }
    Ok(())
}
