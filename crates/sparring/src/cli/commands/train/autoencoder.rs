//! `sparring train autoencoder`.

use super::coded::{self, Beside, CodeArgs};
use super::inside::InsideArgs;
use super::kept_files::{self, KeptFiles};
use super::learnt;
use super::place::{self, Place, PlaceArgs, Resumed};
use super::trouble::{self, AnomalyArgs, PolicyArgs};
use super::validation::ValidationArgs;
use super::watch::{Test, Watch};
use crate::cli::io::json::json;
use crate::cli::io::say;
use crate::cli::options::{
    ActivationFlag, AskedNet, DataArgs, ExampleArgs, GroupArgs, MachineArgs, Named, Shorthands,
    TransformArgs, Written, above_zero, arch, count, name,
};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::datasets::augment::check_augmentations;
use sparring::models::{Arch, Autoencoder, ModelKind};
use sparring::nn::Graph;
use sparring::optim::{AnyRule, AnySchedule};
use sparring::seed::Key;
use sparring::train::{AnyVariant, Recipe, Validation, autoencoder_session, reconstruction_mse};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// The network, `linear-autoencoder(code=16)` with parameters.
    #[arg(long, default_value = "autoencoder", value_parser = arch(ModelKind::Autoencoder))]
    arch: Written<Arch>,
    /// The network from a TOML file instead: torch.nn's names and arguments; the code is the first layer with the fewest numbers.
    #[arg(long, value_name = "FILE.toml", conflicts_with = "arch")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    activation: Shorthands<ActivationFlag>,
    /// What it is trained on beside the squared error: `denoising(noise=mask, level=0.5)`, `sparse(l1=1e-3)`, `sparse-kl`, `contractive(lambda=1e-3)`.
    #[arg(long, default_value = "plain", value_parser = name::<AnyVariant>())]
    variant: AnyVariant,
    /// The update rule, `sgd(momentum=0.9, nesterov=true)` with parameters.
    #[arg(long, default_value = "adam", value_parser = name::<AnyRule>())]
    optimizer: AnyRule,
    /// Base learning rate, above 0; with one-cycle its peak. Default: the optimizer's.
    #[arg(long, value_parser = above_zero)]
    lr: Option<f64>,
    /// The learning rate over time, `cosine(warmup=0.1)` with parameters.
    #[arg(long, default_value = "constant", value_parser = name::<AnySchedule>())]
    schedule: AnySchedule,
    /// Number of passes over the training images.
    #[arg(long, default_value_t = 20, value_parser = count)]
    epochs: usize,
    /// Training images a step; cut to as many as there are.
    #[arg(long, default_value_t = 128, value_parser = count)]
    batch: usize,
    #[command(flatten)]
    examples: ExampleArgs,
    #[command(flatten)]
    transforms: TransformArgs,
    #[command(flatten)]
    groups: GroupArgs,
    #[command(flatten)]
    validation: ValidationArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    anomaly: AnomalyArgs,
    #[command(flatten)]
    codes: CodeArgs,
    #[command(flatten)]
    inside: InsideArgs,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

impl Args {
    /// The network of `--spec`, or of `--arch` with its activation; of a run that goes on, the one it had.
    fn net(&self, resumed: Option<&Resumed>) -> Outcome<AskedNet> {
        AskedNet::of(self.spec.as_deref(), &self.arch, &self.activation, |path| {
            resumed.map_or_else(|| AskedNet::read(path), |resumed| resumed.net(path))
        })
    }
    fn recipe(&self) -> Outcome<Recipe> {
        let recipe = Recipe {
            epochs: self.epochs,
            batch: self.batch,
            accumulate: self.examples.accumulate,
            augment: self.examples.augment.clone(),
            rule: self.optimizer,
            lr: self.lr.unwrap_or(self.optimizer.default_lr()),
            schedule: self.schedule.clone(),
            transforms: self.transforms.chain.clone(),
            groups: self.groups.groups.clone(),
            selection: self.validation.selection(),
            on_non_finite: self.policy.on_non_finite,
            anomaly: self.anomaly.anomaly,
            variant: self.variant,
            seed: self.machine.seed,
            ..Recipe::default()
        };
        recipe.validate().map_err(|e| Failure::Usage(e.to_string()))?;
        Ok(recipe)
    }
    /// What its `config.json` would say of a training on these data, without names; refuses what that would refuse before it begins.
    pub(super) fn check(&self, data: &Named) -> Outcome<Value> {
        let recipe = self.recipe()?;
        check_augmentations(&recipe.augment, &data.set.train)?;
        self.validation.check(None, &recipe.schedule)?;
        let net = self.net(None)?;
        let (spec, encoder) = coded(&net)?;
        data.fits(spec.input, &format!("the network {net}"))?;
        let validation = self.validation.count(data, (0, false), &recipe.schedule)?;
        Ok(json!({ "recipe": recipe, "spec": spec, "encoder": encoder, "validation": validation }))
    }
}

/// The network and the layers of its encoder.
fn coded(net: &AskedNet) -> Outcome<(Graph, usize)> {
    net.autoencoder().ok_or_else(|| Failure::Usage(format!("{}: no layer can be the code", net.flag())))
}

pub(crate) fn run(args: &Args, resumed: Option<Resumed>) -> Outcome {
    let net = args.net(resumed.as_ref())?;
    let (spec, encoder) = coded(&net)?;
    let recipe = args.recipe()?;
    args.machine.start()?;
    args.validation.check(None, &args.schedule)?;
    let mut data = place::data(&args.data, resumed.as_ref())?;
    data.fits(spec.input, &format!("the network {net}"))?;
    let outliers = args.codes.outliers(spec.input)?;
    let digest = data.set.fingerprint();
    let validation = args.validation.count(&data, (0, false), &recipe.schedule)?;
    let validation = data.hold_out(validation, args.machine.seed);
    let mut model = Autoencoder::new(spec, encoder, Key::new(args.machine.seed).named("init"))?;
    let place = Place::open(&args.place, resumed, &net.name(), |run| {
        let mut config = json!({
            "command": "train autoencoder", "repeat": pages::again::command(), "data": data.asked, "data_from_run": data.way_from(run.path()), "data_digest": digest,
            "validation": validation.len(), "recipe": recipe, "spec": model.spec(), "code": model.code(),
        });
        net.config().into_iter().for_each(|(key, value)| config[key] = value);
        args.inside.note(&mut config);
        config
    })?;
    let run = &place.run;
    let steps = data.set.train.len().div_ceil(recipe.step_examples()).saturating_mul(recipe.epochs);
    let test = &data.set.test;
    let measure = |m: &Autoencoder| Test::Mse(reconstruction_mse(m, test).unwrap_or(f64::NAN));
    let mut watch = Watch::new(format!("training {}", net.name()), steps, run, measure)
        .keeping(&place.rows()?)
        .logging(place.logs()?);
    let mut training = autoencoder_session(&mut model, &data.set.train, &recipe)?;
    if !validation.is_empty() {
        training = training.validating(Validation::of(validation.clone()))?;
    }
    let mut files = KeptFiles {
        inner: &mut watch,
        run,
        save: &pages::weights::save_autoencoder,
        best: args.validation.keep_best,
        last: args.validation.keep_last.unwrap_or(0),
    };
    let train = &data.set.train;
    let (seen, whose) = InsideArgs::seen(&validation, train);
    let looked_at = (seen, train.len(), recipe.epochs);
    let done = args.inside.train(&place, &mut training, &mut files, looked_at);
    let done = done.map_err(|e| watch.failed(e))?;
    let (progress, monitor) = (*training.progress(), training.monitor());
    drop(training);
    let rows = watch.finish();
    let weights = run.file("model.safetensors");
    pages::weights::save_autoencoder(&weights, &model)?;
    run.keep();
    place.kept(&weights)?;
    let beside = Beside::of(&data, model.code())?;
    let (pca, baselines) = (&beside.pca, beside.baselines);
    let test_mse = reconstruction_mse(&model, test)?;
    beside.finite(&[("test MSE", test_mse)], &weights)?;
    let learnt = learnt::autoencoder(&rows, &recipe, baselines.mean_image, test_mse);
    let mut warnings: Vec<String> = learnt.into_iter().chain(trouble::warning(&progress)).collect();
    let codes = coded::measure(&model, pca, &data, outliers.as_ref(), args.machine.seed)?;
    warnings.extend(codes.alarms.iter().map(ToString::to_string));
    let facts = pages::autoencoder::Facts {
        net: &net,
        data: &data,
        recipe: &recipe,
        baselines,
        test_mse,
        codes: &codes,
    };
    let inside = args.inside.section(&place, whose, recipe.lr)?;
    pages::autoencoder::page(&facts, &model, pca, &rows, &done, inside)?.save(run.file("report.html"))?;
    if args.machine.json {
        let mut object = json!({
            "test_mse": test_mse, "pca_mse": baselines.pca, "pca_components": pca.k(), "mean_image_mse": baselines.mean_image,
            "epochs": done.epochs.len(), "seconds": done.seconds, "run": run.path(),
            "best_epoch": progress.best.map(|best| best.epoch), "stopped_early": progress.stopped.is_some(),
            "skipped_steps": progress.skipped, "roll_backs": progress.roll_backs,
            "warnings": warnings,
        });
        coded::object(&codes).into_iter().for_each(|(key, value)| object[key] = value);
        say::json(&object);
    } else {
        say::result(&format!(
            "test MSE        {test_mse:.5} a pixel, {} images\n{:<15} {:.5}\nmean image      {:.5}\n{}\ntime            {:.1} s\nrun             {}",
            test.len(),
            format!("PCA-{}", pca.k()),
            baselines.pca,
            baselines.mean_image,
            coded::lines(&codes),
            done.seconds,
            say::path(run.path())
        ));
        kept_files::in_words(&progress, monitor, &recipe).iter().for_each(|line| say::result(line));
    }
    warnings.iter().for_each(|w| say::note(&format!("warning: {w}")));
    Ok(())
}
