//! `sparring train classifier`.

use super::not_of;
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
use sparring::train::{Defense, Recipe, Summary, accuracy, fit_with};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// The network; mlp fits its input and its classes to the data.
    #[arg(long, default_value = "mlp")]
    arch: Arch,
    /// The activation of every hidden layer, `leaky_relu(0.2)` with parameters.
    #[arg(long, default_value = "relu")]
    activation: AnyActivation,
    /// The update rule.
    #[arg(long, default_value = "adam")]
    optimizer: AnyRule,
    /// Base learning rate, above 0; with one-cycle its peak. Default: the optimizer's, 5e-3 with a defence.
    #[arg(long, value_parser = above_zero)]
    lr: Option<f64>,
    /// constant, step, one-cycle or cosine. Default: constant, one-cycle with a defence.
    #[arg(long)]
    schedule: Option<AnySchedule>,
    /// Number of passes over the training examples. Default: 5, 10 with a defence.
    #[arg(long, value_parser = count)]
    epochs: Option<usize>,
    /// Training examples a step; cut to as many as there are.
    #[arg(long, default_value_t = 128, value_parser = count)]
    batch: usize,
    /// Largest Euclidean norm of the whole gradient, above 0; a longer one is scaled down. Default: no limit.
    #[arg(long, value_parser = above_zero)]
    clip_norm: Option<f64>,
    /// Adversarial training: none, fgsm-rs (Wong et al. 2020) or pgd (Madry et al. 2018), in L-inf.
    #[arg(long, alias = "defence", default_value = "none", value_parser = ["none", "fgsm-rs", "pgd"])]
    defense: String,
    /// Budget of the defence in L-inf, above 0 and at most 1, in units of a pixel of [0, 1]. Default: 0.3.
    #[arg(long, value_parser = budget)]
    eps: Option<f32>,
    /// Number of steps of the defence's attack (pgd). Default: 7.
    #[arg(long, value_parser = count)]
    attack_steps: Option<usize>,
    /// Length of a step of the defence's attack, in the units of --eps. Default: 1.25 eps for fgsm-rs, 2.5 eps / steps for pgd.
    #[arg(long, value_parser = above_zero)]
    attack_step_size: Option<f64>,
    /// The arithmetic of convolutions: f32, or split6 (three bf16 parts a number, not less exact than f32, other bits) on a machine with AMX tiles.
    #[arg(long, default_value = "f32")]
    precision: Precision,
    #[command(flatten)]
    machine: MachineArgs,
    /// The run directory, new or empty. Default: runs/NAME-K.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// The defence's budget where none is given.
const EPS: f32 = 0.3;

impl Args {
    fn defense(&self) -> Outcome<Defense> {
        let step = self.attack_step_size.map(|s| s as f32);
        let unused = |flag: &str| {
            Failure::Usage(format!(
                "{flag} belongs to a defence that has it, not to --defense {}",
                self.defense
            ))
        };
        let eps = self.eps.unwrap_or(EPS);
        let defense = match self.defense.as_str() {
            "none" if self.eps.is_some() => return Err(unused("--eps")),
            "fgsm-rs" if self.attack_steps.is_some() => return Err(unused("--attack-steps")),
            "fgsm-rs" => Defense::FgsmRs { eps, step_size: step.unwrap_or(1.25 * eps) },
            "pgd" => {
                let steps = self.attack_steps.unwrap_or(7);
                let step_size = step.unwrap_or(2.5 * eps / steps as f32);
                Defense::Pgd { eps, steps, step_size, warm_up: 0.3 }
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
    if args.arch.info().family != Family::Classifier {
        return Err(not_of(Family::Classifier, args.arch));
    }
    args.machine.start()?;
    let data = args.data.load()?;
    let (shape, classes) = (data.set.shape(), data.set.classes);
    let spec =
        args.arch.classifier_for(shape, classes, &args.activation).expect("a classifier, as just checked");
    data.fits(spec.input, &format!("--arch {}", args.arch))?;
    let mut model = Classifier::new(spec, Key::new(args.machine.seed).named("init"))?;
    let run = RunDir::create(args.out.as_deref(), &args.arch.to_string())?;
    run.write_json("config.json", &json!({
        "command": "train classifier", "data": data.asked, "arch": args.arch, "activation": args.activation,
        "recipe": recipe, "spec": model.spec(),
    }))?;
    let steps = data.set.train.len().div_ceil(recipe.batch).saturating_mul(recipe.epochs);
    let test = &data.set.test;
    let mut watch = Watch::new(format!("training {}", args.arch), steps, |m: &Classifier| {
        Test::Accuracy(accuracy(m, test).unwrap_or(f64::NAN))
    })
    .keeping();
    let done = fit_with(&mut model, &data.set.train, &recipe, &mut watch)?;
    let rows = watch.finish();
    run.write_lines("metrics.jsonl", &rows)?;
    let weights = run.file("model.safetensors");
    pages::weights::save_classifier(&weights, &model)?;
    run.keep();
    signal::kept(format!("the model as of then is in {}", weights.display()));
    signal::check()?;
    let test_accuracy = accuracy(&model, test)?;
    let warnings: Vec<String> = no_better_than_a_guess(&done, model.classes()).into_iter().collect();
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
            "warnings": warnings,
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
        for warning in &warnings {
            say::result(&format!("warning         {warning}"));
        }
        say::note(&format!("next: sparring attack {}", run.path().display()));
    }
    Ok(())
}

/// What is to be said of a training whose loss shows that nothing was learnt, or that it was lost again.
fn no_better_than_a_guess(done: &Summary, classes: usize) -> Option<String> {
    let guess = (classes as f64).ln();
    let best = done.epochs.iter().map(|e| e.train_loss).fold(f64::INFINITY, f64::min);
    let (last, told) = (done.train_loss(), format!("that of a guess (ln {classes} = {guess:.4})"));
    if best >= guess {
        Some(format!(
            "the loss never fell below {told}, its best epoch had {best:.4}: nothing was learnt; lower --lr"
        ))
    } else if last >= guess {
        Some(format!(
            "the loss rose to {last:.4} in the last epoch, above {told}, from {best:.4}; lower --lr"
        ))
    } else {
        None
    }
}
