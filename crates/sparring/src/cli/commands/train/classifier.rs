//! `sparring train classifier`.

use super::watch::{Test, Watch};
use crate::cli::io::{run_dir::RunDir, say, signal};
use crate::cli::options::{DataArgs, MachineArgs, above_zero, budget, count};
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
    /// The update rule, `sgd(momentum=0.9, nesterov=true)` with parameters.
    #[arg(long, default_value = "adam")]
    optimizer: AnyRule,
    /// Base learning rate; with one-cycle its peak. Default: the optimizer's, 5e-3 with a defence.
    #[arg(long, value_parser = above_zero)]
    lr: Option<f64>,
    /// constant, step, one-cycle or cosine, `cosine(warmup=0.1)` with parameters. Default: constant, one-cycle with a defence.
    #[arg(long)]
    schedule: Option<AnySchedule>,
    /// Passes over the data. Default: 5, 10 with a defence.
    #[arg(long, value_parser = count)]
    epochs: Option<usize>,
    /// Examples a step.
    #[arg(long, default_value_t = 128, value_parser = count)]
    batch: usize,
    /// Limit on the Euclidean norm of the whole gradient.
    #[arg(long, value_parser = above_zero)]
    clip_norm: Option<f64>,
    /// Adversarial training: none, fgsm-rs (Wong et al. 2020) or pgd (Madry et al. 2018), in L-inf.
    #[arg(long, default_value = "none", value_parser = ["none", "fgsm-rs", "pgd"])]
    defense: String,
    /// Budget of the defence.
    #[arg(long, default_value = "0.3", value_parser = budget)]
    eps: f32,
    /// Steps of the defence's attack (pgd). Default: 7.
    #[arg(long, value_parser = count)]
    attack_steps: Option<usize>,
    /// Step of the defence's attack. Default: 1.25 eps for fgsm-rs, 2.5 eps / steps for pgd.
    #[arg(long, value_parser = above_zero)]
    attack_step_size: Option<f64>,
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
    fn defense(&self) -> Outcome<Defense> {
        let step = self.attack_step_size.map(|s| s as f32);
        let unused = |flag: &str| {
            Failure::Usage(format!(
                "{flag} belongs to a defence that has it, not to --defense {}",
                self.defense
            ))
        };
        let defense = match self.defense.as_str() {
            "fgsm-rs" if self.attack_steps.is_some() => return Err(unused("--attack-steps")),
            "fgsm-rs" => Defense::FgsmRs { eps: self.eps, step_size: step.unwrap_or(1.25 * self.eps) },
            "pgd" => {
                let steps = self.attack_steps.unwrap_or(7);
                let step_size = step.unwrap_or(2.5 * self.eps / steps as f32);
                Defense::Pgd { eps: self.eps, steps, step_size, warm_up: 0.3 }
            }
            _ if self.attack_steps.is_some() => return Err(unused("--attack-steps")),
            _ if step.is_some() => return Err(unused("--attack-step-size")),
            _ => Defense::None,
        };
        defense.validate().map_err(|e| Failure::Usage(format!("--{e}")))?;
        Ok(defense)
    }
    fn recipe(&self) -> Outcome<Recipe> {
        let defense = self.defense()?;
        let hard = defense != Defense::None;
        let schedule = if hard { "one-cycle" } else { "constant" };
        let recipe = Recipe {
            epochs: self.epochs.unwrap_or(if hard { 10 } else { 5 }),
            batch: self.batch,
            rule: self.optimizer,
            lr: self.lr.unwrap_or(if hard { 5e-3 } else { self.optimizer.default_lr() }),
            schedule: self.schedule.clone().map_or_else(|| schedule.parse(), Ok)?,
            clip: self.clip_norm.map(Clip::GlobalNorm),
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
    let data = args.data.load()?;
    let run = RunDir::create(args.out.as_deref(), &args.arch.to_string())?;
    let mut model = Classifier::new(spec, Key::new(args.machine.seed).named("init"))?;
    run.write_json("config.json", &json!({
        "command": "train classifier", "data": data.asked, "arch": args.arch, "activation": args.activation,
        "recipe": recipe, "spec": model.spec(),
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
        say::note(&format!("next: sparring attack {}", run.path().display()));
    }
    Ok(())
}
