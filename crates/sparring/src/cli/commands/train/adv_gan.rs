//! `sparring train advgan`.

use super::own_figures::{OwnFigures, Told};
use super::place::{self, Place, PlaceArgs, Resumed};
use super::trouble::{self, PolicyArgs};
use super::watch::rate;
use crate::cli::io::json::{json, value};
use crate::cli::io::say;
use crate::cli::options::{
    Budget, DataArgs, GroupArgs, MachineArgs, Named, Names, TransformArgs, Written, above_zero, arch,
    at_least_zero, count, name, way_between, whole,
};
use crate::cli::pages::{self, adv_gan_file, weights::Known, weights_file::weights_file};
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::attacks::{
    AnyNorm, Attack, Counting, EvaluateOptions, KeepExamples, Report, Threat, UniformNoise, evaluate_with,
};
use sparring::losses::{AnyClassLoss, AnyGanLoss, Fooling};
use sparring::models::{Arch, ClassifierNet, ModelKind};
use sparring::nn::Victim;
use sparring::optim::{AnyRule, AnySchedule};
use sparring::oracle::{Batch, Bounds};
use sparring::seed::Key;
use sparring::store::sha256_hex;
use sparring::train::{AdvGan, AdvGanEpoch, AdvGanRecipe, adv_gan_session};
use std::path::PathBuf;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The classifier to fool: a run, its weights file, or an .onnx file. Its gradients are asked for in this training alone; `sparring attack OTHER --attack advgan=RUN` then attacks any model of the same examples, so for
    /// a black box train against a model of your own (a surrogate) and attack that one.
    #[arg(long, value_name = "RUN")]
    target: PathBuf,
    /// A folder with the set's files, or a name, as of the other trainings. Default: the target's own data, mnist-10k for bare weights.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// The norm of the budget: linf or l2.
    #[arg(long, default_value = "linf", value_parser = name::<AnyNorm>())]
    norm: AnyNorm,
    /// The budget in that norm, in pixels of [0, 1]: 0.1, or a fraction (8/255). Default: 0.3 in linf, 2 in l2.
    #[arg(long, value_name = "EPS")]
    eps: Option<Budget>,
    /// The class that every image is to become. Default: any but its own.
    #[arg(long, value_name = "CLASS", value_parser = whole)]
    towards: Option<usize>,
    /// What is minimised so that the target is fooled: its margin (Carlini and Wagner's loss), minus its cross-entropy, or minus another loss of `sparring list losses` with class labels.
    #[arg(long, value_name = "LOSS", default_value = "margin", value_parser = name::<AnyClassLoss>())]
    fooling: AnyClassLoss,
    /// How far that is worth anything: of the margin, by how much the wanted class must lead. Default: the recipe's.
    #[arg(long, value_parser = at_least_zero)]
    kappa: Option<f64>,
    /// The loss between generator and discriminator, `lsgan(smooth=0.9)` with parameters.
    #[arg(long, default_value = "lsgan", value_parser = name::<AnyGanLoss>())]
    loss: AnyGanLoss,
    /// The weight of that loss: how much a perturbed image should look like one that is not. Default: the recipe's.
    #[arg(long, value_name = "WEIGHT", value_parser = at_least_zero)]
    alpha: Option<f64>,
    /// The weight of the hinge on the Euclidean length of a perturbation. Default: the recipe's.
    #[arg(long, value_name = "WEIGHT", value_parser = at_least_zero)]
    beta: Option<f64>,
    /// The length from which the hinge costs something. Default: half of the length that the budget allows.
    #[arg(long, value_name = "LENGTH", value_parser = at_least_zero)]
    bound: Option<f64>,
    /// The networks, `advgan(width=16)` with parameters.
    #[arg(long, default_value = "advgan", value_parser = arch(ModelKind::AdvGan))]
    arch: Written<Arch>,
    /// Number of passes over the training images. Default: the recipe's.
    #[arg(long, value_parser = count)]
    epochs: Option<usize>,
    /// Training images a step; cut to as many as there are. Default: the recipe's.
    #[arg(long, value_parser = count)]
    batch: Option<usize>,
    /// The update rule of both networks, `rmsprop(alpha=0.9)` with parameters. Default: the recipe's.
    #[arg(long, value_parser = name::<AnyRule>())]
    optimizer: Option<AnyRule>,
    /// Base learning rate of both networks, above 0. Default: the recipe's; with --optimizer that one's.
    #[arg(long, value_parser = above_zero)]
    lr: Option<f64>,
    /// The learning rate over time, `cosine(warmup=0.1)` with parameters.
    #[arg(long, default_value = "cosine", value_parser = name::<AnySchedule>())]
    schedule: AnySchedule,
    #[command(flatten)]
    transforms: TransformArgs,
    #[command(flatten)]
    groups: GroupArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

/// What is to be fooled.
struct Target {
    model: ClassifierNet,
    known: Known,
    /// SHA-256 of its weights file.
    sha256: String,
    path: PathBuf,
}

impl Args {
    /// The name of the data, as far as the flags say it.
    pub(super) fn data(&self) -> &str {
        self.data.as_deref().unwrap_or("mnist-10k")
    }
    fn threat(&self) -> Threat {
        let usual = if self.norm == AnyNorm::L2 { 2.0 } else { 0.3 };
        Threat { norm: self.norm, eps: self.eps.as_ref().map_or(usual, |eps| eps.0) }
    }
    fn recipe(&self) -> Outcome<AdvGanRecipe> {
        let usual = AdvGanRecipe::default();
        let recipe = AdvGanRecipe {
            epochs: self.epochs.unwrap_or(usual.epochs),
            batch: self.batch.unwrap_or(usual.batch),
            rule: self.optimizer.unwrap_or(usual.rule),
            lr: self.lr.unwrap_or(self.optimizer.map_or(usual.lr, |rule| rule.default_lr())),
            schedule: self.schedule.clone(),
            transforms: self.transforms.chain.clone(),
            groups: self.groups.groups.clone(),
            fooling: Fooling { loss: self.fooling, kappa: self.kappa.unwrap_or(usual.fooling.kappa) },
            towards: self.towards,
            loss: self.loss,
            alpha: self.alpha.unwrap_or(usual.alpha),
            beta: self.beta.unwrap_or(usual.beta),
            bound: self.bound,
            on_non_finite: self.policy.on_non_finite,
            seed: self.machine.seed,
        };
        recipe.validate().map_err(|e| Failure::Usage(e.to_string()))?;
        Ok(recipe)
    }
    fn model(&self, input: [usize; 3]) -> Outcome<AdvGan> {
        let arch = self.arch()?;
        let spec = arch.adv_gan_for(input).expect("the flag takes such models");
        let (threat, key) = (self.threat(), Key::new(self.machine.seed).named("init"));
        let fits = threat.fits(Bounds::UNIT, input.iter().product());
        fits.map_err(|e| Failure::Usage(format!("--eps: {e}")))?;
        AdvGan::new(spec, threat, key).map_err(|e| Failure::Usage(format!("the networks {arch}: {e}")))
    }
    fn arch(&self) -> Outcome<Arch> {
        self.arch.text.parse().map_err(|e| Failure::Usage(format!("--arch: {e}")))
    }
    /// The target, of a training that goes on seen from its run: it may be called from elsewhere.
    fn target(&self, resumed: Option<&Resumed>) -> Outcome<Target> {
        let path = resumed.and_then(|resumed| resumed.model_at("target_from_run"));
        let path = &path.unwrap_or_else(|| self.target.clone());
        let (model, known) = pages::weights::load_classifier(path, None, &Names::Same)?;
        let sha256 = sha256_hex(&std::fs::read(weights_file(path)?)?);
        Ok(Target { model, known, sha256, path: path.clone() })
    }
    /// Refuses data, target and networks that are not for each other.
    fn fits(&self, target: &Target, model: &AdvGan, data: &Named) -> Outcome {
        data.fits(target.model.spec().input, "the target")?;
        data.fits(model.shape(), "the generator")?;
        data.labels_fit(target.model.classes())?;
        match self.towards.filter(|&class| class >= target.model.classes()) {
            Some(class) => Err(Failure::Usage(format!(
                "--towards {class}: the target has classes 0 to {}",
                target.model.classes() - 1
            ))),
            None => Ok(()),
        }
    }
    /// What its `config.json` would say of a training on these data, without names; refuses what that would refuse before it begins.
    pub(super) fn check(&self, data: &Named) -> Outcome<Value> {
        let (recipe, target) = (self.recipe()?, self.target(None)?);
        let model = self.model(data.set.shape())?;
        self.fits(&target, &model, data)?;
        Ok(json!({
            "recipe": recipe, "threat": model.threat(), "target_sha256": target.sha256, "spec": model.spec(),
        }))
    }
}

/// How an epoch is told.
fn told() -> Told<AdvGanEpoch> {
    Told {
        row: |e| {
            json!({
                "epoch": e.epoch, "lr": e.lr, "train_loss": e.loss, "adversarial": e.adversarial, "gan": e.gan, "hinge": e.hinge, "d_loss": e.d_loss,
                "size": e.size, "fooled": e.fooled,
            })
        },
        line: |e| {
            format!(
                "epoch {}/{}, loss {:.3}, adversarial {:.3}, D loss {:.3}, length {:.2}, fooled {:.1} %{}",
                e.epoch,
                e.epochs,
                e.loss,
                e.adversarial,
                e.d_loss,
                e.size,
                100.0 * e.fooled,
                rate(e.examples_per_s)
            )
        },
    }
}

/// Test images that are attacked at the end.
const JUDGED: usize = 1000;

/// An attack on the first test images.
fn judged<A>(attack: A, (victim, data): (&Victim<'_>, &Named), threat: &Threat, key: Key) -> Outcome<Report>
where
    A: for<'v> Attack<Counting<&'v Victim<'v>>> + Sync,
    A: for<'a, 'v> Attack<Counting<&'a Victim<'v>>>,
{
    let test = data.set.test.first(JUDGED.min(data.set.test.len())).all();
    let x = Batch::new(&test.x, test.shape, &test.ids)?;
    let options = EvaluateOptions { keep: KeepExamples::Adversarials, ..EvaluateOptions::default() };
    Ok(evaluate_with(victim, x, &test.labels, &[attack], threat, key, &options, &|_| ())?)
}

pub(crate) fn run(args: &Args, resumed: Option<Resumed>) -> Outcome {
    let recipe = args.recipe()?;
    args.machine.start()?;
    let mut target = args.target(resumed.as_ref())?;
    let data = match (&resumed, &args.data) {
        (None, None) => Named::for_model(None, target.known.data.as_ref(), &target.known.classes)?.0,
        _ => place::data(&DataArgs { data: args.data().into() }, resumed.as_ref())?,
    };
    target.model = target.known.fitted(target.model, data.set.shape())?;
    let mut model = args.model(data.set.shape())?;
    args.fits(&target, &model, &data)?;
    let (arch, digest, threat) = (args.arch()?, data.set.fingerprint(), model.threat());
    let place = Place::open(&args.place, resumed, arch.name(), |run| {
        json!({
            "command": "train advgan", "repeat": pages::again::command(), "data": data.asked, "data_from_run": data.way_from(run.path()), "data_digest": digest, "arch": arch,
            "target": args.target.display().to_string(), "target_from_run": way_between(&target.path, run.path()), "target_sha256": target.sha256, "threat": threat, "recipe": recipe, "spec": model.spec(),
        })
    })?;
    let run = &place.run;
    let steps = data.set.train.len().div_ceil(recipe.batch).saturating_mul(recipe.epochs);
    let mut watch = OwnFigures::new("training advgan", steps, &place, told())?;
    let victim = target.model.victim();
    let mut training = adv_gan_session(&mut model, &victim, &data.set.train, &recipe)?;
    let done = place.train(&mut training, &mut watch).map_err(|e| watch.failed(e))?;
    let progress = *training.progress();
    drop(training);
    watch.finish();
    let weights = run.file("model.safetensors");
    adv_gan_file::save_adv_gan(&weights, &model)?;
    run.keep();
    place.kept(&weights)?;
    let key = Key::new(args.machine.seed).named("attack");
    let by_generator = judged(model.attack(), (&victim, &data), &threat, key)?;
    let noise = UniformNoise { samples: 1, ..UniformNoise::default() };
    let by_noise = judged(noise, (&victim, &data), &threat, key)?;
    let facts = pages::adv_gan::Facts {
        arch: &arch,
        data: &data,
        recipe: &recipe,
        target: (&args.target, &target.model),
        by_generator: &by_generator,
        by_noise: &by_noise,
    };
    pages::adv_gan::page(&facts, &model, &done)?.save(run.file("report.html"))?;
    let last = done.epochs.last();
    if args.machine.json {
        say::json(&json!({
            "n": by_generator.n, "clean": by_generator.clean, "accuracy": by_generator.robust_accuracy, "noise_accuracy": by_noise.robust_accuracy,
            "norm": threat.norm, "eps": threat.eps, "fooled": value(&last.map(|e| e.fooled)), "size": value(&last.map(|e| e.size)),
            "epochs": done.epochs.len(), "seconds": done.seconds, "run": run.path(),
            "skipped_steps": progress.skipped, "roll_backs": progress.roll_backs,
        }));
    } else {
        let percent = |accuracy: f64| format!("{:.2} %", 100.0 * accuracy);
        say::result(&format!(
            "clean           {}, {} test images\nadvgan          {} right at {threat}\nnoise           {} right, uniform within the same budget\ntime            {:.1} s\nrun             {}",
            percent(by_generator.clean),
            by_generator.n,
            percent(by_generator.robust_accuracy),
            percent(by_noise.robust_accuracy),
            done.seconds,
            say::path(run.path())
        ));
        let quoted = |path: &std::path::Path| pages::again::quoted(&path.to_string_lossy());
        // The flags of the budget, but those that are the usual ones.
        let mut flags = String::new();
        if threat.norm != AnyNorm::Linf {
            flags.push_str(&format!(" --norm {}", threat.norm));
        }
        if args.eps.is_some() {
            flags.push_str(&format!(" --eps {}", threat.eps));
        }
        say::note(&format!(
            "next: sparring attack {} --attack advgan={},pgd{flags}",
            quoted(&args.target),
            quoted(run.path())
        ));
    }
    if by_generator.robust_accuracy >= by_noise.robust_accuracy {
        say::note(
            "warning: the generator fools no more than noise of the same budget: train longer (--epochs), or lower --alpha, which asks it to look like no change",
        );
    }
    trouble::warning(&progress).iter().for_each(|w| say::note(&format!("warning: {w}")));
    Ok(())
}
