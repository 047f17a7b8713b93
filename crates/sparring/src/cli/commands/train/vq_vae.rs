//! `sparring train vq-vae`.

use super::coded::{self, Beside, CodeArgs};
use super::own_figures::{OwnFigures, Told};
use super::place::{self, Place, PlaceArgs, Resumed};
use super::trouble::{self, PolicyArgs};
use super::watch::rate;
use crate::cli::io::json::json;
use crate::cli::io::say;
use crate::cli::options::{
    ActivationFlag, DataArgs, GroupArgs, MachineArgs, Named, Shorthands, TransformArgs, Written, above_zero,
    arch, count, name,
};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::models::{Arch, ModelKind, VqVae};
use sparring::optim::{AnyRule, AnySchedule};
use sparring::seed::Key;
use sparring::train::{VqVaeEpoch, VqVaeRecipe, vq_vae_scores, vq_vae_session};

/// Components of the PCA beside it: a code of entries has no number of numbers to compare by, bits are compared.
const PCA: usize = 32;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// The networks, `vq-vae(entries=256)` with parameters.
    #[arg(long, default_value = "vq-vae", value_parser = arch(ModelKind::VqVae))]
    arch: Written<Arch>,
    #[command(flatten)]
    activation: Shorthands<ActivationFlag>,
    /// Factor of what holds encodings near their vectors.
    #[arg(long, default_value_t = 0.25)]
    commitment: f64,
    /// What a step keeps of the averages that the vectors of the codebook are made of.
    #[arg(long, default_value_t = 0.99)]
    decay: f64,
    /// Vectors chosen less often than this share of an even use are put at an encoding; 0: never.
    #[arg(long, default_value_t = 0.03)]
    restart: f64,
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
    fn recipe(&self) -> Outcome<VqVaeRecipe> {
        let recipe = VqVaeRecipe {
            epochs: self.epochs,
            batch: self.batch,
            rule: self.optimizer,
            lr: self.lr.unwrap_or(self.optimizer.default_lr()),
            schedule: self.schedule.clone(),
            transforms: self.transforms.chain.clone(),
            groups: self.groups.groups.clone(),
            commitment: self.commitment,
            decay: self.decay,
            restart: self.restart,
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
    fn model(&self, arch: &Arch) -> Outcome<VqVae> {
        let (spec, key) = (arch.vq_vae().expect("the flag takes such models"), Key::new(self.machine.seed));
        VqVae::new(spec, key.named("init")).map_err(|e| Failure::Usage(format!("the VQ-VAE {arch}: {e}")))
    }
    /// What its `config.json` would say of a training on these data, without names; refuses what that would refuse before it begins.
    pub(super) fn check(&self, data: &Named) -> Outcome<Value> {
        let (recipe, model) = (self.recipe()?, self.model(&self.arch()?)?);
        data.fits(model.shape(), "the VQ-VAE")?;
        Ok(json!({ "recipe": recipe, "spec": model.spec() }))
    }
}

/// How an epoch is told.
fn told() -> Told<VqVaeEpoch> {
    Told {
        row: |e| {
            json!({
                "epoch": e.epoch, "lr": e.lr, "train_loss": e.loss, "train_mse": e.mse, "distance": e.distance,
                "perplexity": e.perplexity, "used": e.used, "restarts": e.restarts,
            })
        },
        line: |e| {
            format!(
                "epoch {}/{}, loss {:.4}, MSE {:.5}, perplexity {:.1}, {} vectors used, {} restarted{}",
                e.epoch,
                e.epochs,
                e.loss,
                e.mse,
                e.perplexity,
                e.used,
                e.restarts,
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
    data.fits(model.shape(), "the VQ-VAE")?;
    let outliers = args.codes.outliers(model.shape())?;
    let digest = data.set.fingerprint();
    let place = Place::open(&args.place, resumed, arch.name(), |run| {
        json!({
            "command": "train vq-vae", "repeat": pages::again::command(), "data": data.asked, "data_from_run": data.way_from(run.path()), "data_digest": digest, "arch": arch, "activation": arch.activation(),
            "recipe": recipe, "spec": model.spec(),
        })
    })?;
    let run = &place.run;
    let (train, test) = (&data.set.train, &data.set.test);
    let steps = train.len().div_ceil(recipe.batch).saturating_mul(recipe.epochs);
    let mut watch = OwnFigures::new("training vq-vae", steps, &place, told())?;
    let mut training = vq_vae_session(&mut model, train, &recipe)?;
    let done = place.train(&mut training, &mut watch).map_err(|e| watch.failed(e))?;
    let progress = *training.progress();
    drop(training);
    watch.finish();
    let weights = run.file("model.safetensors");
    pages::weights::save_vq_vae(&weights, &model)?;
    run.keep();
    place.kept(&weights)?;
    let beside = Beside::of(&data, PCA.min(test.dim()))?;
    let (pca, baselines) = (&beside.pca, beside.baselines);
    let scores = vq_vae_scores(&model, test)?;
    beside.finite(&[("test MSE", scores.mse)], &weights)?;
    let mut warnings: Vec<String> = trouble::warning(&progress).into_iter().collect();
    if scores.used < 2 {
        let what = "all places of all test images choose one vector: every reconstruction is the same image; train longer, or raise --restart";
        warnings.push(what.into());
    }
    let codes = coded::measure(&model, pca, &data, outliers.as_ref(), args.machine.seed)?;
    warnings.extend(codes.alarms.iter().map(ToString::to_string));
    let (arch, data, recipe, codes) = (&arch, &data, &recipe, &codes);
    let facts = pages::vq_vae::Facts { arch, data, recipe, scores, baselines, codes };
    pages::vq_vae::page(&facts, &model, pca, &done)?.save(run.file("report.html"))?;
    if args.machine.json {
        let mut object = json!({
            "test_mse": scores.mse, "pca_mse": baselines.pca, "pca_components": pca.k(), "mean_image_mse": baselines.mean_image,
            "perplexity": scores.perplexity, "used": scores.used, "entries": model.entries(), "places": model.places(),
            "epochs": done.epochs.len(), "seconds": done.seconds, "run": run.path(),
            "skipped_steps": progress.skipped, "roll_backs": progress.roll_backs, "warnings": warnings,
        });
        coded::object(codes).into_iter().for_each(|(key, value)| object[key] = value);
        say::json(&object);
    } else {
        say::result(&format!(
            "test MSE        {:.5} a pixel, {} images\n{:<15} {:.5}\nmean image      {:.5}\ncodebook        {} of {} vectors used, perplexity {:.1}\n{}\ntime            {:.1} s\nrun             {}",
            scores.mse,
            test.len(),
            format!("PCA-{}", pca.k()),
            baselines.pca,
            baselines.mean_image,
            scores.used,
            model.entries(),
            scores.perplexity,
            coded::lines(codes),
            done.seconds,
            say::path(run.path())
        ));
    }
    warnings.iter().for_each(|w| say::note(&format!("warning: {w}")));
    Ok(())
}
