//! `sparring train classifier`.

use super::hardening::{self, HardeningArgs};
use super::watch::{Test, Watch};
use crate::cli::io::{run_dir::RunDir, say, signal};
use crate::cli::options::{DataArgs, MachineArgs, above_zero, count};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use serde_json::json;
use sparring::activations::AnyActivation;
use sparring::models::{Arch, Classifier, Family};
use sparring::nn::Clip;
use sparring::optim::{AnyRule, AnySchedule};
use sparring::seed::Key;
use sparring::tensor::Precision;
use sparring::train::{Defense, Recipe, accuracy, fit_with};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The network.
    #[arg(long, default_value = "mlp")]
    arch: Arch,
    /// The activation of every hidden layer, `leaky_relu(0.2)` with parameters.
    #[arg(long, default_value = "relu")]
    activation: AnyActivation,
    /// The update rule.
    #[arg(long, default_value = "adam")]
    optimizer: AnyRule,
    /// Base learning rate; with one-cycle its peak. Default: the optimizer's, 5e-3 with a defence.
    #[arg(long, value_parser = above_zero)]
    lr: Option<f64>,
    /// constant, step, one-cycle or cosine. Default: constant, one-cycle with a defence.
    #[arg(long)]
    schedule: Option<AnySchedule>,
    /// Passes over the data. Default: 5; 10 with fgsm-rs, 20 with pgd, 15 with n-fgsm.
    #[arg(long, value_parser = count)]
    epochs: Option<usize>,
    /// Examples a step. Default: 128; 64 with pgd.
    #[arg(long, value_parser = count)]
    batch: Option<usize>,
    /// Limit on the Euclidean norm of the whole gradient.
    #[arg(long, value_parser = above_zero)]
    clip_norm: Option<f64>,
    #[command(flatten)]
    hardening: HardeningArgs,
    /// The arithmetic of convolutions: f32, or split6 (three bf16 parts a number, not less exact than f32, other bits) on a machine with AMX tiles.
    #[arg(long, default_value = "f32")]
    precision: Precision,
    #[command(flatten)]
    machine: MachineArgs,
    /// The run directory; new or empty. Default: runs/NAME-K.
    #[arg(long, value_name = "RUN")]
    out: Option<PathBuf>,
}

impl Args {
    fn recipe(&self) -> Outcome<Recipe> {
        let defense = self.hardening.defense()?;
        let usual = Recipe::hardened(defense);
        let lr = if defense == Defense::None { self.optimizer.default_lr() } else { usual.lr };
        let recipe = Recipe {
            epochs: self.epochs.unwrap_or(usual.epochs),
            batch: self.batch.unwrap_or(usual.batch),
            rule: self.optimizer,
            lr: self.lr.unwrap_or(lr),
            schedule: self.schedule.clone().unwrap_or(usual.schedule),
            clip: self.clip_norm.map(Clip::GlobalNorm),
            ema: self.hardening.ema(usual.ema)?,
            defense,
            precision: self.precision,
            seed: self.machine.seed,
        };
        recipe.validate().map_err(|e| Failure::Usage(e.to_string()))?;
        if !self.precision.is_fast() {
            return Err(Failure::Usage(format!(
                "--precision {}: no AMX tiles in use here, it would be many times slower than f32; leave it out",
                self.precision
            )));
        }
        Ok(recipe)
    }
}

pub(crate) fn run(args: &Args) -> Outcome {
    let recipe = args.recipe()?;
    let Some(spec) = args.arch.classifier(&args.activation) else {
        let names = sparring::models::ALL.iter().filter(|m| m.family == Family::Classifier).map(|m| m.name);
        let names = names.collect::<Vec<_>>().join(", ");
        return Err(Failure::Usage(format!(
            "--arch {}: not a classifier; choose one of: {names}",
            args.arch
        )));
    };
    args.machine.start()?;
    let mut data = args.data.load()?;
    let validation = args.hardening.hold_out(&mut data)?;
    let run = RunDir::create(args.out.as_deref(), &args.arch.to_string())?;
    let mut model = Classifier::new(spec, Key::new(args.machine.seed).named("init"))?;
    run.write_json("config.json", &json!({
        "command": "train classifier", "data": data.asked, "arch": args.arch, "activation": args.activation,
        "validation": validation.len(), "recipe": recipe, "spec": model.spec(),
    }))?;
    let steps = data.set.train.len().div_ceil(recipe.batch) * recipe.epochs;
    let test = &data.set.test;
    let mut watch = Watch::new(format!("training {}", args.arch), steps, |m: &Classifier| {
        Test::Accuracy(accuracy(m, test).unwrap_or(f64::NAN))
    });
    let done = fit_with(&mut model, &data.set.train, &recipe, &mut watch)?;
    let rows = watch.finish();
    run.write_lines("metrics.jsonl", &rows)?;
    let weights = run.file("model.safetensors");
    pages::weights::save_classifier(&weights, &model)?;
    signal::check(|| format!("the model as of then is in {}", weights.display()))?;
    let test_accuracy = accuracy(&model, test)?;
    let robust = hardening::judge(&model, &validation, &recipe.defense, args.machine.seed)?;
    let warning = robust.and_then(|r| hardening::warning(&r, &recipe.defense));
    let facts = pages::classifier::Facts {
        arch: args.arch,
        activation: args.activation,
        data: &data,
        recipe: &recipe,
    };
    pages::classifier::page(&facts, &model, &rows, &done)?.save(run.file("report.html"))?;
    if args.machine.json {
        say::json(&json!({
            "test_accuracy": test_accuracy, "train_loss": done.train_loss(), "epochs": done.epochs.len(),
            "seconds": done.seconds, "examples_per_s": done.examples_per_s(), "run": run.path(),
            "robust_accuracy": robust.map(|r| r.robust),
            "validation": robust.as_ref().map(hardening::object),
            "warnings": warning.iter().collect::<Vec<_>>(),
        }));
    } else {
        say::result(&format!(
            "test accuracy   {:.2} % of {} images\ntrain loss      {:.4}\ntime            {:.1} s, {:.0} examples/s\nrun             {}",
            100.0 * test_accuracy,
            test.len(),
            done.train_loss(),
            done.seconds,
            done.examples_per_s(),
            run.path().display()
        ));
        robust.iter().for_each(|r| say::result(&hardening::in_words(r)));
        say::note(&format!("next: sparring attack {}", run.path().display()));
    }
    warning.iter().for_each(|w| say::note(&format!("warning: {w}")));
    Ok(())
}
