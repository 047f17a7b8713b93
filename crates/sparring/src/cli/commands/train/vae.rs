//! `sparring train vae`.

use super::coded::{self, Beside, CodeArgs};
use super::own_figures::{OwnFigures, Told};
use super::place::{self, Place, PlaceArgs, Resumed};
use super::trouble::{self, PolicyArgs};
use super::watch::rate;
use crate::cli::io::json::json;
use crate::cli::io::say;
use crate::cli::options::{
    ActivationFlag, DataArgs, GroupArgs, MachineArgs, Named, Shorthands, TransformArgs, Written, above_zero,
    arch, count, name, share,
};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::models::{Arch, ModelKind, Vae};
use sparring::optim::{AnyRule, AnySchedule};
use sparring::seed::Key;
use sparring::train::{VaeEpoch, VaeRecipe, importance_bound, vae_scores, vae_session};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// The networks, `vae(latent=10)` with parameters.
    #[arg(long, default_value = "vae", value_parser = arch(ModelKind::Vae))]
    arch: Written<Arch>,
    #[command(flatten)]
    activation: Shorthands<ActivationFlag>,
    /// Factor of the divergence of the codes from their prior; 1: the evidence lower bound.
    #[arg(long, default_value_t = 1.0)]
    beta: f64,
    /// Fraction of the training over which the factor grows from 0 to beta.
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = share)]
    warm_up: f64,
    /// Nats of each number of the code that cost nothing.
    #[arg(long, value_name = "NATS", default_value_t = 0.0)]
    free_bits: f64,
    /// The update rule of both networks, `sgd(momentum=0.9, nesterov=true)` with parameters.
    #[arg(long, default_value = "adam", value_parser = name::<AnyRule>())]
    optimizer: AnyRule,
    /// Base learning rate, above 0; with one-cycle its peak. Default: the optimizer's.
    #[arg(long, value_parser = above_zero)]
    lr: Option<f64>,
    /// The learning rate over time, `cosine(warmup=0.1)` with parameters.
    #[arg(long, default_value = "constant", value_parser = name::<AnySchedule>())]
    schedule: AnySchedule,
    /// Number of passes over the training images.
    #[arg(long, default_value_t = 10, value_parser = count)]
    epochs: usize,
    /// Training images a step; cut to as many as there are.
    #[arg(long, default_value_t = 128, value_parser = count)]
    batch: usize,
    /// Also the bound of an importance-weighted autoencoder on the test images, of so many codes each.
    #[arg(long, value_name = "CODES", value_parser = count)]
    importance: Option<usize>,
    #[command(flatten)]
    transforms: TransformArgs,
    #[command(flatten)]
    groups: GroupArgs,
    #[command(flatten)]
    codes: CodeArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

impl Args {
    fn recipe(&self) -> Outcome<VaeRecipe> {
        let recipe = VaeRecipe {
            epochs: self.epochs,
            batch: self.batch,
            rule: self.optimizer,
            lr: self.lr.unwrap_or(self.optimizer.default_lr()),
            schedule: self.schedule.clone(),
            transforms: self.transforms.chain.clone(),
            groups: self.groups.groups.clone(),
            beta: self.beta,
            warm_up: self.warm_up,
            free_bits: self.free_bits,
            on_non_finite: self.policy.on_non_finite,
            seed: self.machine.seed,
        };
        recipe.validate().map_err(|e| Failure::Usage(e.to_string()))?;
        Ok(recipe)
    }
    fn arch(&self) -> Outcome<Arch> {
        self.activation.all_belong("--arch", &[&self.arch])?;
        self.activation.applied(&self.arch)
    }
    fn model(&self, arch: &Arch) -> Outcome<Vae> {
        let (spec, key) = (arch.vae().expect("the flag takes VAEs"), Key::new(self.machine.seed));
        Vae::new(spec, key.named("init")).map_err(|e| Failure::Usage(format!("the VAE {arch}: {e}")))
    }
    /// What its `config.json` would say of a training on these data, without names; refuses what that would refuse before it begins.
    pub(super) fn check(&self, data: &Named) -> Outcome<Value> {
        let (recipe, model) = (self.recipe()?, self.model(&self.arch()?)?);
        data.fits(model.shape(), "the VAE")?;
        Ok(json!({ "recipe": recipe, "spec": model.spec() }))
    }
}

/// How an epoch is told.
fn told() -> Told<VaeEpoch> {
    Told {
        row: |e| {
            json!({
                "epoch": e.epoch, "lr": e.lr, "train_loss": e.loss, "reconstruction": e.reconstruction, "kl": e.kl, "beta": e.beta,
                "active_units": e.active_units,
            })
        },
        line: |e| {
            format!(
                "epoch {}/{}, loss {:.2}, reconstruction {:.2}, KL {:.2}, {} active units{}",
                e.epoch,
                e.epochs,
                e.loss,
                e.reconstruction,
                e.kl,
                e.active_units,
                rate(e.examples_per_s)
            )
        },
    }
}

pub(crate) fn run(args: &Args, resumed: Option<Resumed>) -> Outcome {
    let recipe = args.recipe()?;
    let arch = args.arch()?;
    args.machine.start()?;
    let mut model = args.model(&arch)?;
    let data = place::data(&args.data, resumed.as_ref())?;
    data.fits(model.shape(), "the VAE")?;
    let outliers = args.codes.outliers(model.shape())?;
    let digest = data.set.fingerprint();
    let place = Place::open(&args.place, resumed, arch.name(), |run| {
        json!({
            "command": "train vae", "repeat": pages::again::command(), "data": data.asked, "data_from_run": data.way_from(run.path()), "data_digest": digest, "arch": arch, "activation": arch.activation(),
            "recipe": recipe, "spec": model.spec(),
        })
    })?;
    let run = &place.run;
    let (train, test) = (&data.set.train, &data.set.test);
    let steps = train.len().div_ceil(recipe.batch).saturating_mul(recipe.epochs);
    let mut watch = OwnFigures::new("training vae", steps, &place, told())?;
    let mut training = vae_session(&mut model, train, &recipe)?;
    let done = place.train(&mut training, &mut watch).map_err(|e| watch.failed(e))?;
    let progress = *training.progress();
    drop(training);
    watch.finish();
    let weights = run.file("model.safetensors");
    pages::weights::save_vae(&weights, &model)?;
    run.keep();
    place.kept(&weights)?;
    let beside = Beside::of(&data, model.latent())?;
    let (pca, baselines) = (&beside.pca, beside.baselines);
    let key = Key::new(args.machine.seed).named("test");
    let scores = vae_scores(&model, test, key)?;
    let importance = args.importance.map(|k| importance_bound(&model, test, k, key)).transpose()?;
    beside.finite(&[("test bound", scores.elbo), ("test MSE", scores.mse)], &weights)?;
    let mut warnings: Vec<String> = trouble::warning(&progress).into_iter().collect();
    if scores.active_units == 0 {
        let what = "no number of the code is used: every reconstruction is the same image; lower --beta, give it a --warm-up, or --free-bits";
        warnings.push(what.into());
    }
    let codes = coded::measure(&model, pca, &data, outliers.as_ref(), args.machine.seed)?;
    warnings.extend(codes.alarms.iter().map(ToString::to_string));
    let (arch, data, recipe, codes) = (&arch, &data, &recipe, &codes);
    let facts = pages::vae::Facts { arch, data, recipe, scores, importance, baselines, codes };
    pages::vae::page(&facts, &model, pca, &done)?.save(run.file("report.html"))?;
    if args.machine.json {
        let mut object = json!({
            "test_mse": scores.mse, "pca_mse": baselines.pca, "pca_components": pca.k(), "mean_image_mse": baselines.mean_image,
            "test_elbo": scores.elbo, "test_reconstruction": scores.reconstruction, "test_kl": scores.kl,
            "active_units": scores.active_units, "latent": model.latent(), "test_importance_bound": importance, "importance_codes": args.importance,
            "epochs": done.epochs.len(), "seconds": done.seconds, "run": run.path(),
            "skipped_steps": progress.skipped, "roll_backs": progress.roll_backs, "warnings": warnings,
        });
        coded::object(codes).into_iter().for_each(|(key, value)| object[key] = value);
        say::json(&object);
    } else {
        let bound = importance.zip(args.importance);
        let bound = bound.map_or_else(String::new, |(v, k)| format!("of {k} codes     {v:.2} nats\n"));
        say::result(&format!(
            "test ELBO       {:.2} nats an image, {} images\n{bound}reconstruction  {:.2} nats\nKL              {:.2} nats\nactive units    {} of {}\ntest MSE        {:.5} a pixel\n{:<15} {:.5}\nmean image      {:.5}\n{}\ntime            {:.1} s\nrun             {}",
            scores.elbo,
            test.len(),
            scores.reconstruction,
            scores.kl,
            scores.active_units,
            model.latent(),
            scores.mse,
            format!("PCA-{}", pca.k()),
            baselines.pca,
            baselines.mean_image,
            coded::lines(codes),
            done.seconds,
            say::path(run.path())
        ));
    }
    warnings.iter().for_each(|w| say::note(&format!("warning: {w}")));
    Ok(())
}
