//! `sparring train gan`.

mod choices;
mod watch;

use super::place::{self, Place, PlaceArgs, Resumed};
use super::trouble::{self, PolicyArgs};
use super::watch::failed;
use crate::cli::io::json::json;
use crate::cli::io::say;
use crate::cli::options::{
    DataArgs, GanActivationFlags, GroupArgs, MachineArgs, Named, ShorthandList, Shorthands, TransformArgs,
    Written, above_zero, arch, at_least_zero, count, name, share, written,
};
use crate::cli::pages;
use crate::cli::{Failure, Outcome};
use choices::{Penalty, Preset, Turn, penalty};
use serde_json::Value;
use sparring::datasets::Dataset;
use sparring::losses::AnyGanLoss;
use sparring::models::{Arch, Conditioning, Gan, ModelKind};
use sparring::optim::{AnyRule, AnySchedule, AnyTransform, Ema};
use sparring::seed::Key;
use sparring::train::{GanRecipe, GanSteps, GanSummary, gan_session};
use watch::Watch;

/// Flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// What the flags that are not given stand at: a recipe chosen for the data, or the articles' (their networks, 30 epochs of plain Adam). Default: usual; article where activations are given and no networks.
    #[arg(long, value_enum)]
    recipe: Option<Preset>,
    /// The networks, `dcgan(latent=64)` with parameters. Default: the recipe's for the data.
    #[arg(long, value_parser = arch(ModelKind::Gan))]
    arch: Option<Written<Arch>>,
    #[command(flatten)]
    activations: Shorthands<GanActivationFlags>,
    /// Number of passes over the real images. Default: the recipe's.
    #[arg(long, value_parser = count)]
    epochs: Option<usize>,
    /// Real images, and as many fakes, a step; cut to as many as there are. Default: the recipe's.
    #[arg(long, value_parser = count)]
    batch: Option<usize>,
    /// The loss of both networks, `lsgan(smooth=0.9)` with parameters. Default: the recipe's.
    #[arg(long, value_parser = name::<AnyGanLoss>())]
    loss: Option<AnyGanLoss>,
    /// A penalty on the discriminator's gradient, as in "r1(gamma=1)"; again for more; `none` for none. Default: the recipe's.
    #[arg(long, value_name = "PENALTY", value_parser = penalty)]
    penalty: Vec<Penalty>,
    /// The penalties are taken at each so many of the discriminator's steps, and count as many times. Default: 1.
    #[arg(long, value_name = "STEPS", value_parser = count)]
    penalty_every: Option<usize>,
    /// Steps of the discriminator for each turn of the generator. Default: the recipe's.
    #[arg(long, value_name = "N", value_parser = count)]
    critic_steps: Option<usize>,
    /// The turn of the generator: alternating, twice-generator (two steps) or simultaneous (both from the networks as they were). Default: alternating.
    #[arg(long, value_enum)]
    steps: Option<Turn>,
    /// Standard deviation of noise on all that the discriminator sees; it falls to 0 over the training. Default: 0.
    #[arg(long, value_name = "STD", value_parser = at_least_zero)]
    instance_noise: Option<f64>,
    /// Weight of the classes' cross-entropy, for networks with conditioning=auxiliary. Default: 1.
    #[arg(long, value_name = "WEIGHT", value_parser = at_least_zero)]
    class_weight: Option<f64>,
    /// The update rule of both networks, `rmsprop(alpha=0.9)` with parameters. Default: the recipe's.
    #[arg(long, value_parser = written::<AnyRule>())]
    optimizer: Option<Written<AnyRule>>,
    #[command(flatten)]
    parameters: Shorthands<RuleFlags>,
    /// Base learning rate of both networks, above 0. Default: the recipe's; with --optimizer 2e-4 for Adam and rules of its rate, else the optimizer's.
    #[arg(long, value_parser = above_zero)]
    lr: Option<f64>,
    /// The update rule of the discriminator. Default: that of both.
    #[arg(long, value_parser = name::<AnyRule>())]
    d_optimizer: Option<AnyRule>,
    /// Base learning rate of the discriminator, above 0. Default: that of both; with --d-optimizer that of this rule.
    #[arg(long, value_parser = above_zero)]
    d_lr: Option<f64>,
    /// The learning rates over time, `cosine(warmup=0.1)` with parameters. Default: the recipe's.
    #[arg(long, value_parser = name::<AnySchedule>())]
    schedule: Option<AnySchedule>,
    #[command(flatten)]
    transforms: TransformArgs,
    /// As --transform, for the discriminator alone: "clip-weights(max=0.01)" is what a Wasserstein critic without penalty needs; again for more. Default: nothing
    #[arg(long, value_name = "TRANSFORM", value_parser = name::<AnyTransform>())]
    d_transform: Vec<AnyTransform>,
    #[command(flatten)]
    groups: GroupArgs,
    /// Keep, and draw samples with, an exponential average of the generator's weights whose half-life is this fraction of the training; 0: the last weights. Default: the recipe's.
    #[arg(long, value_name = "FRACTION", value_parser = share)]
    ema: Option<f64>,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    pub(super) machine: MachineArgs,
    #[command(flatten)]
    pub(super) place: PlaceArgs,
}

/// Flags that set a parameter of the rule.
#[derive(Clone, Debug)]
struct RuleFlags;

impl ShorthandList for RuleFlags {
    type Of = AnyRule;
    const FLAGS: &'static [(&'static str, &'static str)] = &[("beta1", "beta1")];
}

/// The base learning rate that goes with a rule: GANs take a fifth of what is usual for Adam.
fn usual_rate(rule: &AnyRule) -> f64 {
    let (own, adam) = (rule.default_lr(), AnyRule::default().default_lr());
    if own == adam { GanRecipe::default().lr } else { own }
}

/// Classes of a conditional architecture.
const CLASSES: usize = 10;
/// The network for images of no more classes.
const CONDITIONAL: &str = "dcgan(width=32, discriminator_norm=none, conditioning=projection)";

impl Args {
    fn preset(&self, set: &Dataset) -> (&'static str, GanRecipe) {
        let implied = self.arch.is_none() && !self.activations.is_empty();
        match self.recipe.unwrap_or(if implied { Preset::Article } else { Preset::Usual }) {
            Preset::Article => ("gan", GanRecipe::default()),
            Preset::Usual => match set.shape() {
                [1, 1, 2] => ("toy-gan", GanRecipe::for_points()),
                [3, ..] => ("dcgan(channels=3, discriminator_norm=none, pack=2)", GanRecipe::for_images()),
                // Told the classes, it need not balance them itself.
                _ if set.classes <= CLASSES => (CONDITIONAL, GanRecipe::for_images()),
                _ => ("dcgan(width=32, discriminator_norm=none)", GanRecipe::for_images()),
            },
        }
    }
    fn recipe(&self, set: &Dataset) -> Outcome<GanRecipe> {
        let mut usual = self.preset(set).1;
        // The penalties of a recipe are for networks that can have any.
        if self.arch(set)?.gan().is_some_and(|spec| spec.batch_statistics().is_some()) {
            usual.penalties.clear();
        }
        let rule = match &self.optimizer {
            None if self.parameters.is_empty() => usual.rule,
            given => {
                // Without its parameters: a flag that sets one would set it twice.
                let own = usual.rule.name().parse().expect("a rule is what it is called");
                let given = given.as_ref().unwrap_or(&own);
                self.parameters.all_belong("--optimizer", &[given])?;
                self.parameters.applied(given)?
            }
        };
        let own_rate = if self.optimizer.is_some() { usual_rate(&rule) } else { usual.lr };
        let penalties = || {
            self.penalty.iter().filter_map(|p| match p {
                Penalty::None => None,
                Penalty::One(penalty) => Some(*penalty),
            })
        };
        let steps = |given: Option<usize>, usual| given.map_or(usual, |n| n as u64);
        let recipe = GanRecipe {
            epochs: self.epochs.unwrap_or(usual.epochs),
            batch: self.batch.unwrap_or(usual.batch),
            loss: self.loss.unwrap_or(usual.loss),
            penalties: if self.penalty.is_empty() { usual.penalties } else { penalties().collect() },
            penalty_every: steps(self.penalty_every, usual.penalty_every),
            critic_steps: steps(self.critic_steps, usual.critic_steps),
            steps: self.steps.map_or(usual.steps, GanSteps::from),
            instance_noise: self.instance_noise.unwrap_or(usual.instance_noise),
            class_weight: self.class_weight.unwrap_or(usual.class_weight),
            rule,
            lr: self.lr.unwrap_or(own_rate),
            d_rule: self.d_optimizer.or(usual.d_rule),
            d_lr: self.d_lr.or(self.d_optimizer.as_ref().map(usual_rate)).or(usual.d_lr),
            schedule: self.schedule.clone().unwrap_or(usual.schedule),
            transforms: self.transforms.chain.clone(),
            d_transforms: self.d_transform.clone(),
            groups: self.groups.groups.clone(),
            ema: match self.ema {
                None => usual.ema,
                Some(half_life) => (half_life != 0.0).then_some(Ema { half_life }),
            },
            on_non_finite: self.policy.on_non_finite,
            seed: self.machine.seed,
        };
        recipe.validate().map_err(|e| Failure::Usage(e.to_string()))?;
        let spec = self.arch(set)?.gan().expect("the flag takes GANs");
        recipe.fits(&spec).map_err(|e| Failure::Usage(e.to_string()))?;
        if recipe.schedule.plateau().is_some() {
            let what = "--schedule plateau: a GAN's losses do not say how good it is; name another schedule";
            return Err(Failure::Usage(what.into()));
        }
        Ok(recipe)
    }
    /// Refuses flags that would change nothing; a run that was begun with some goes on.
    fn all_do_something(&self, recipe: &GanRecipe, set: &Dataset) -> Outcome {
        let idle = |flag: &str, needs: &str| Err(Failure::Usage(format!("{flag}: {needs}; leave it out")));
        let classifies =
            self.arch(set)?.gan().is_some_and(|spec| spec.form.conditioning == Conditioning::Auxiliary);
        if self.class_weight.is_some() && !classifies {
            return idle("--class-weight", "only networks with conditioning=auxiliary tell classes apart");
        }
        if self.penalty_every.is_some() && recipe.penalties.is_empty() {
            return idle("--penalty-every", "there is no penalty here (--penalty names one)");
        }
        Ok(())
    }
    fn arch(&self, set: &Dataset) -> Outcome<Arch> {
        let usual = || self.preset(set).0.parse().expect("an architecture that there is");
        let arch = self.arch.clone().unwrap_or_else(usual);
        self.activations.all_belong("--arch", &[&arch])?;
        self.activations.applied(&arch)
    }
    fn model(&self, arch: &Arch) -> Outcome<Gan> {
        let (spec, key) = (arch.gan().expect("the flag takes GANs"), Key::new(self.machine.seed));
        let made = Gan::new(spec, (0.0, 1.0), key.named("init"));
        made.map_err(|e| Failure::Usage(format!("the GAN {arch}: {e}")))
    }
    /// What its `config.json` would say of a training on these data, without names; refuses what that would refuse before it begins.
    pub(super) fn check(&self, data: &Named) -> Outcome<Value> {
        let (recipe, model) = (self.recipe(&data.set)?, self.model(&self.arch(&data.set)?)?);
        self.all_do_something(&recipe, &data.set)?;
        data.fits(model.shape(), "the GAN")?;
        Ok(json!({ "recipe": recipe, "spec": model.spec() }))
    }
}

pub(crate) fn run(args: &Args, resumed: Option<Resumed>) -> Outcome {
    args.machine.start()?;
    let data = place::data(&args.data, resumed.as_ref())?;
    let (recipe, arch) = (args.recipe(&data.set)?, args.arch(&data.set)?);
    if resumed.is_none() {
        args.all_do_something(&recipe, &data.set)?;
    }
    let mut model = args.model(&arch)?;
    data.fits(model.shape(), "the GAN")?;
    let digest = data.set.fingerprint();
    let place = Place::open(&args.place, resumed, arch.name(), |run| {
        json!({
            "command": "train gan", "repeat": pages::again::command(), "data": data.asked, "data_from_run": data.way_from(run.path()), "data_digest": digest, "arch": arch, "activation": arch.activation(),
            "recipe": recipe, "spec": model.spec(),
        })
    })?;
    let run = &place.run;
    let steps = (data.set.train.len() / recipe.batch).max(1).saturating_mul(recipe.epochs);
    let mut watch = Watch::begin(&place, (&model, &data), &recipe, steps as u64)?;
    let mut training = gan_session(&mut model, &data.set.train, &recipe)?;
    let done = place.train(&mut training, &mut watch).map_err(|e| failed(e, watch.epochs, run))?;
    let progress = *training.progress();
    drop(training);
    let done = GanSummary::from(done);
    watch.progress.finish();
    let weights = run.file("model.safetensors");
    pages::weights::save_gan(&weights, &model)?;
    run.keep();
    place.kept(&weights)?;
    let facts = pages::gan::Facts { arch: &arch, data: &data, recipe: &recipe };
    let scores = pages::gan::scores(&model, &data.set, args.machine.seed)?;
    let last = done.epochs.last();
    let nan = f64::NAN;
    let (d_real, d_fake, diversity) = last.map_or((nan, nan, nan), |e| (e.d_real, e.d_fake, e.diversity));
    let missing = scores.lack().map(|lack| lack.to_string());
    let alarms: Vec<String> = done.alarms.iter().map(ToString::to_string).chain(missing).collect();
    pages::gan::page(&facts, &model, (&done, &alarms), Some(&scores), &watch.grids)?
        .save(run.file("report.html"))?;
    if args.machine.json {
        let mut object = json!({
            "d_real": d_real, "d_fake": d_fake, "diversity": diversity, "alarms": alarms, "epochs": done.epochs.len(),
            "seconds": done.seconds, "run": run.path(),
            "skipped_steps": progress.skipped, "roll_backs": progress.roll_backs,
        });
        pages::gan::add_scores(&mut object, &scores);
        say::json(&object);
    } else {
        let unit = if pages::gan::are_odds(&done.epochs) {
            ""
        } else {
            " (mean σ of logits, which are no odds under this loss)"
        };
        say::result(&format!(
            "D(x)            {d_real:.3}{unit}\nD(G(z))         {d_fake:.3}{unit}\ndiversity       {diversity:.2}\ntime            {:.1} s",
            done.seconds
        ));
        pages::gan::brief(&scores).iter().for_each(|line| say::result(line));
        for alarm in &alarms {
            say::result(&format!("alarm           {alarm}"));
        }
        say::result(&format!("run             {}", say::path(run.path())));
        say::note(&format!(
            "next: sparring generate {} -n 64 --out grid.png",
            pages::again::quoted(&run.path().to_string_lossy())
        ));
    }
    trouble::warning(&progress).iter().for_each(|w| say::note(&format!("warning: {w}")));
    Ok(())
}
