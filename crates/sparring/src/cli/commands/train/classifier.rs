//! `sparring train classifier`.

use super::generated::{GeneratedArgs, Source};
use super::hardening::{self, HardeningArgs};
use super::inside::InsideArgs;
use super::kept_files::{self, KeptFiles};
use super::learnt;
use super::place::{self, Place, PlaceArgs, Resumed};
use super::trouble::{self, AnomalyArgs, PolicyArgs};
use super::validation::{ValidateArgs, ValidationArgs};
use super::watch::{Test, Watch, rate};
use crate::cli::io::json::json;
use crate::cli::io::say;
use crate::cli::options::{
    ActivationFlag, AskedNet, DataArgs, ExampleArgs, GroupArgs, InitArgs, MachineArgs, Named, Shorthands,
    TransformArgs, Written, above_zero, arch, count, name,
};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use serde_json::Value;
use sparring::datasets::augment::check_augmentations;
use sparring::models::{Arch, ClassifierNet, ModelKind};
use sparring::optim::{AnyRule, AnySchedule};
use sparring::seed::Key;
use sparring::tensor::Precision;
use sparring::train::{Recipe, Validation, accuracy, session};
use std::path::{Path, PathBuf};

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// The network, `madry(norm=batch)` with parameters; mlp fits its input and its classes to the data.
    #[arg(long, default_value = "mlp", value_parser = arch(ModelKind::Classifier))]
    arch: Written<Arch>,
    /// The network from a TOML file instead: torch.nn's names and arguments (README of sparring-store).
    #[arg(long, value_name = "FILE.toml", conflicts_with = "arch")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    activation: Shorthands<ActivationFlag>,
    #[command(flatten)]
    init: InitArgs,
    /// The update rule, `sgd(momentum=0.9, nesterov=true)` with parameters.
    #[arg(long, default_value = "adam", value_parser = name::<AnyRule>())]
    optimizer: AnyRule,
    /// Base learning rate, above 0; with one-cycle its peak. Default: the optimizer's; that of the defence (`sparring list defenses`), if it is one of Adam's kind.
    #[arg(long, value_parser = above_zero)]
    lr: Option<f64>,
    /// The learning rate over time, `cosine(warmup=0.1)` with parameters. Default: constant; that of the defence (`sparring list defenses`).
    #[arg(long, value_parser = name::<AnySchedule>())]
    schedule: Option<AnySchedule>,
    /// Number of passes over the training examples. Default: 5, 20 over fewer than 10000 examples; those of the defence (`sparring list defenses`).
    #[arg(long, value_parser = count)]
    epochs: Option<usize>,
    /// Training examples a step; cut to as many as there are. Default: 128, 32 of fewer than 10000; that of the defence (`sparring list defenses`).
    #[arg(long, value_parser = count)]
    batch: Option<usize>,
    #[command(flatten)]
    examples: ExampleArgs,
    #[command(flatten)]
    transforms: TransformArgs,
    #[command(flatten)]
    groups: GroupArgs,
    #[command(flatten)]
    hardening: HardeningArgs,
    #[command(flatten)]
    generated: GeneratedArgs,
    #[command(flatten)]
    validation: ValidationArgs,
    #[command(flatten)]
    validate: ValidateArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    anomaly: AnomalyArgs,
    #[command(flatten)]
    inside: InsideArgs,
    /// The arithmetic of convolutions: f32, or split6 (three bf16 parts a number, not less exact than f32, other bits) on a machine with AMX tiles.
    #[arg(long, default_value = "f32")]
    precision: Precision,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

/// Five passes over fewer examples than this are too few steps for any net to learn much.
const FEW: usize = 10_000;

impl Args {
    /// The network of `--spec`, or of `--arch` with its activation.
    fn net(&self, resumed: Option<&Resumed>) -> Outcome<AskedNet> {
        AskedNet::of(self.spec.as_deref(), &self.arch, &self.activation, |path| {
            resumed.map_or_else(|| AskedNet::read(path), |resumed| resumed.net(path))
        })
    }
    fn recipe(&self, goes_on: bool) -> Outcome<Recipe> {
        let defense = self.hardening.defense()?;
        let usual = Recipe::hardened(defense);
        // The recipes of the defences are for Adam and its kin; another rule keeps its own rate.
        let own = self.optimizer.default_lr();
        let lr =
            if defense.eps().is_none() || own != AnyRule::default().default_lr() { own } else { usual.lr };
        let recipe = Recipe {
            epochs: self.epochs.unwrap_or(usual.epochs),
            batch: self.batch.unwrap_or(usual.batch),
            rule: self.optimizer,
            lr: self.lr.unwrap_or(lr),
            schedule: self.schedule.clone().unwrap_or(usual.schedule),
            transforms: self.transforms.chain.clone(),
            groups: self.groups.groups.clone(),
            average: self.hardening.average(usual.average)?,
            accumulate: self.examples.accumulate,
            augment: self.examples.augment.clone(),
            displacement: self.hardening.displace,
            label_smoothing: self.hardening.label_smoothing.unwrap_or(usual.label_smoothing),
            defense,
            variant: usual.variant,
            precision: self.precision,
            selection: self.validation.selection(),
            on_non_finite: self.policy.on_non_finite,
            anomaly: self.anomaly.anomaly,
            seed: self.machine.seed,
        };
        recipe.validate().map_err(|e| Failure::Usage(e.to_string()))?;
        if !self.precision.is_fast() && !goes_on {
            return Err(Failure::Usage(format!(
                "--precision {}: no AMX tiles in use here, it would be many times slower than f32; leave it out",
                self.precision
            )));
        }
        Ok(recipe)
    }
    /// The epochs and the batch that go with so few examples, where nobody asked for others.
    fn settle(&self, recipe: &mut Recipe, data: &Named) {
        if data.set.train.len() < FEW && recipe.defense.eps().is_none() {
            recipe.epochs = self.epochs.unwrap_or(20);
            recipe.batch = self.batch.unwrap_or(32);
        }
    }
    /// What its `config.json` would say of a training on these data, without names; refuses what that would refuse before it begins.
    pub(super) fn check(&self, data: &Named) -> Outcome<Value> {
        let mut recipe = self.recipe(false)?;
        self.settle(&mut recipe, data);
        check_augmentations(&recipe.augment, &data.set.train)?;
        self.validation.check(Some(&self.validate), &recipe.schedule)?;
        let attack = self.validate.attack(&recipe.defense)?;
        let net = self.net(None)?;
        let spec =
            net.classifier_for(data.set.shape(), data.set.classes).expect("the flag takes classifiers");
        data.fits(spec.input, &format!("the network {net}"))?;
        let spec = self.init.applied(spec)?;
        // A network whose shapes do not fit has no classes, and is refused when it is built.
        let outputs = spec.shapes(1).ok().and_then(|shapes| Some(shapes.last()?.numel()));
        outputs.map_or(Ok(()), |classes| data.labels_fit(classes))?;
        let usual = hardening::usual_validation(&recipe.defense, data.set.train.len());
        let validation = self.validation.count(data, (usual, attack.is_some()), &recipe.schedule)?;
        let attack = attack.map(|a| a.to_string());
        let mut found =
            json!({ "recipe": recipe, "spec": spec, "validation": validation, "validation_attack": attack });
        if let Some(source) = self.generated.source(data, &recipe, (&data.set.fingerprint(), None))? {
            found["generated"] = source.config();
        }
        Ok(found)
    }
}

pub(crate) fn run(args: &Args, resumed: Option<Resumed>) -> Outcome {
    let mut recipe = args.recipe(resumed.is_some())?;
    args.validation.check(Some(&args.validate), &recipe.schedule)?;
    let attack = args.validate.attack(&recipe.defense)?;
    let net = args.net(resumed.as_ref())?;
    args.machine.start()?;
    let mut data = place::data(&args.data, resumed.as_ref())?;
    let (shape, classes, digest) = (data.set.shape(), data.set.classes, data.set.fingerprint());
    let spec = net.classifier_for(shape, classes).expect("the flag takes classifiers");
    data.fits(spec.input, &format!("the network {net}"))?;
    let spec = args.init.applied(spec)?;
    args.settle(&mut recipe, &data);
    let usual = hardening::usual_validation(&recipe.defense, data.set.train.len());
    let validation = args.validation.count(&data, (usual, attack.is_some()), &recipe.schedule)?;
    let validation = data.hold_out(validation, args.machine.seed);
    let source = args.generated.source(&data, &recipe, (&digest, resumed.as_ref()))?;
    let mut model = ClassifierNet::new(spec, Key::new(args.machine.seed).named("init"))?;
    data.labels_fit(model.classes())?;
    args.init.fit(&mut model.net, &data.set.train, args.machine.seed)?;
    let place = Place::open(&args.place, resumed, &net.name(), |run| {
        let mut config = json!({
            "command": "train classifier", "repeat": pages::again::command(), "data": data.asked, "data_from_run": data.way_from(run.path()), "data_digest": digest,
            "validation": validation.len(), "validation_attack": attack.map(|a| a.to_string()), "recipe": recipe, "spec": model.spec(),
        });
        net.config().into_iter().chain(args.init.config()).for_each(|(key, value)| config[key] = value);
        args.inside.note(&mut config);
        if let Some(source) = &source {
            config["generated"] = source.config();
            config["generated_from_run"] = source.way_from(run.path()).into();
        }
        if !data.set.class_names.is_empty() {
            config["class_names"] = data.set.class_names.clone().into();
        }
        config
    })?;
    let run = &place.run;
    let steps = data.set.train.len().div_ceil(recipe.step_examples()).saturating_mul(recipe.epochs);
    let test = &data.set.test;
    let generated = source.as_ref().map(|s| s.draw(&data.set.train, args.machine.seed)).transpose()?;
    let mut watch = Watch::new(format!("training {}", net.name()), steps, run, |m: &ClassifierNet| {
        Test::Accuracy(accuracy(m, test).unwrap_or(f64::NAN))
    })
    .keeping(&place.rows()?)
    .logging(place.logs()?);
    let mut training = session(&mut model, &data.set.train, &recipe)?;
    if !validation.is_empty() {
        training = training.validating(Validation { split: validation.clone(), attack })?;
    }
    if let Some(generated) = generated {
        training = training.mixing(generated)?;
    }
    let save = |path: &Path, model: &ClassifierNet| {
        pages::weights::save_classifier(path, model, &data.set.class_names)
    };
    let mut files = KeptFiles {
        inner: &mut watch,
        run,
        save: &save,
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
    save(&weights, &model)?;
    run.keep();
    place.kept(&weights)?;
    let test_accuracy = accuracy(&model, test)?;
    let robust = hardening::judge(&model, &validation, &recipe.defense, args.machine.seed)?;
    let overfitted = robust.and_then(|r| hardening::warning(&r, &recipe.defense));
    let guess = learnt::Guess::of(model.classes(), &test.labels());
    let warnings: Vec<String> = learnt::classifier((&done, &rows), &recipe, guess, test_accuracy)
        .into_iter()
        .chain(overfitted)
        .chain(trouble::warning(&progress))
        .collect();
    let worth = pages::classifier::Worth { robust: robust.as_ref(), warnings: &warnings };
    let held_out = validation.len();
    let generated = source.as_ref().map(Source::in_words);
    let facts = pages::classifier::Facts {
        net: &net,
        data: &data,
        recipe: &recipe,
        generated,
        validation: held_out,
        attack,
    };
    let inside = args.inside.section(&place, whose, recipe.lr)?;
    pages::classifier::page(&facts, &model, &rows, &done, worth, inside)?.save(run.file("report.html"))?;
    if args.machine.json {
        say::json(&json!({
            "test_accuracy": test_accuracy, "train_loss": done.train_loss(), "epochs": done.epochs.len(),
            "seconds": done.seconds, "examples_per_s": done.examples_per_s(), "run": run.path(),
            "robust_accuracy": robust.map(|r| r.robust),
            "validation": robust.as_ref().map(hardening::object),
            "best_epoch": progress.best.map(|best| best.epoch), "stopped_early": progress.stopped.is_some(),
            "skipped_steps": progress.skipped, "roll_backs": progress.roll_backs,
            "generated": source.as_ref().map(Source::config), "warnings": warnings,
        }));
    } else {
        let rate = rate(done.examples_per_s());
        say::result(&format!(
            "test accuracy   {:.2} % of {} images\ntrain loss      {:.4}\ntime            {:.1} s{rate}\nrun             {}",
            100.0 * test_accuracy,
            test.len(),
            done.train_loss(),
            done.seconds,
            say::path(run.path())
        ));
        kept_files::in_words(&progress, monitor, &recipe).iter().for_each(|line| say::result(line));
        robust.iter().for_each(|r| say::result(&hardening::in_words(r)));
        say::note(&format!("next: sparring attack {}", pages::again::quoted(&run.path().to_string_lossy())));
    }
    warnings.iter().for_each(|w| say::note(&format!("warning: {w}")));
    Ok(())
}
